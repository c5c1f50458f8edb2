/** What is bundled and run in the realm of a page of jsdom or happy-dom. */
import {
  expose,
  proxy,
  RPC,
  rpcOf,
  RPCMessageEvent,
  transfer,
  windowTransport,
  withOptions,
  wrap,
} from '../../../src/index.ts'
import * as core from '../../../src/core.ts'
import { linkedPair } from '../../../src/testing.ts'

Object.assign(globalThis, {
  portcall: {
    core,
    expose,
    linkedPair,
    proxy,
    RPC,
    rpcOf,
    RPCMessageEvent,
    transfer,
    windowTransport,
    withOptions,
    wrap,
  },
})
