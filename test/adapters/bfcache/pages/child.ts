import { expose, windowTransport } from '../../../../src/index.ts'
import { methods } from './methods.ts'

expose(methods, windowTransport(parent, { origin: decodeURIComponent(location.search.slice(1)) }))
