import { serve } from '../../../../src/entries/shared-worker.ts'
import { methods } from './methods.ts'

serve(methods)
