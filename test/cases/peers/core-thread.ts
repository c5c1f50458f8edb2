import { expose } from '../../../src/core.ts'

expose({ ping: () => 'pong' })
