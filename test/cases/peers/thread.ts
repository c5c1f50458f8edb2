import { expose } from '../../../src/index.ts'
import { api } from './api.ts'

expose(api)
