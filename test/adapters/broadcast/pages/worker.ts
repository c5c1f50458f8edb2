import { serve } from '../../../../src/adapters/shared-worker/shared-worker.ts'

const server = serve({ clients: () => server.clients.size })
