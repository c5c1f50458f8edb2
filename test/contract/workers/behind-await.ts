import { serve } from '../service.ts'
import { host, late } from './host.ts'

await late()
serve(host)
