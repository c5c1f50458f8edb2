import { processTransport } from '../../../../src/adapters/process/process.ts'
import { serve } from '../../../contract/service.ts'
import { late } from './later.ts'

void late().then(() => serve(processTransport(process)))
