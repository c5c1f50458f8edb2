import { serve } from '../../../contract/service.ts'
import { late } from '../../process/children/later.ts'
import { own } from './stdio.ts'

await late()
serve(own())
