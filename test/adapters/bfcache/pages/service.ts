import { serve } from '../../../../src/entries/service-worker.ts'
import { methods } from './methods.ts'

serve(methods)
