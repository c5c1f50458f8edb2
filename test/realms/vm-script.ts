/** In a vm context: gives the test what serves. */
import { serve } from './served.ts'

Object.assign(globalThis, { serve })
