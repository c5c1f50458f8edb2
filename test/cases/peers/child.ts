import { processTransport } from '../../../src/adapters/process/process.ts'
import { expose } from '../../../src/index.ts'
import { api } from './api.ts'

expose(api, processTransport(process))
