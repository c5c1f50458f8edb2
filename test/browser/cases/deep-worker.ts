import { expose } from '../../../src/index.ts'
import { api, thrown } from '../../cases/peers/deep-values.ts'

expose({ ...api, fail: (kind: string, levels: number) => thrown(kind, levels) })
