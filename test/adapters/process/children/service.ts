import { processTransport } from '../../../../src/adapters/process/process.ts'
import { serve } from '../../../contract/service.ts'
import { more } from './more.ts'

serve(processTransport(process), more)
