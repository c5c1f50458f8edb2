import { processTransport } from '../../../../src/adapters/process/process.ts'
import { serve } from '../../../contract/service.ts'
import { late } from './later.ts'

await late()
serve(processTransport(process))
