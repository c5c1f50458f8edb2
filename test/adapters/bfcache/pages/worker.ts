import { expose } from '../../../../src/index.ts'
import { methods } from './methods.ts'

expose(methods)
