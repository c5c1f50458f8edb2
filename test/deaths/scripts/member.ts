import { workerData } from 'node:worker_threads'
import { broadcastBus } from '../../../src/entries/broadcast.ts'
import { serviceMethods } from '../methods.ts'

broadcastBus(workerData as string, { methods: serviceMethods() })
