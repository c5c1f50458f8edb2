import { serve } from '../../../../src/entries/shared-worker.ts'

const server = serve({ clients: () => server.clients.size })
