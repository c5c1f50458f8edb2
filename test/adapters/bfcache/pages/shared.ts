import { serve } from '../../../../src/adapters/shared-worker/shared-worker.ts'
import { methods } from './methods.ts'

serve(methods)
