import { serve } from '../../../../src/adapters/service-worker/service-worker.ts'
import { methods } from './methods.ts'

serve(methods)
