// Makes a call that a visitor wrote, by the door that it is for.
import { createRequest, withOptions } from 'portcall'
import type { Doors } from './connections/doors.ts'
import type { Door } from './page-api.ts'
import { send } from './scenes/callbacks.ts'
import type { OwnCall } from './ui/own-call.ts'

type AnyFunction = (...args: readonly unknown[]) => Promise<unknown>

const calls: Readonly<Record<Door, (doors: Doors, own: OwnCall) => unknown>> = {
  wrap: ({ shared }, { method, params, timeout, isNotify }) =>
    withOptions(shared.remote<AnyFunction>(method), { timeout, isNotify })(...argsOf(params)),
  rpc: ({ rpc }, { method, params, timeout, isNotify }) => rpc.invoke(method, params, { timeout, isNotify }),
  event: ({ events }, { method, params }) => events.emit(method, ...argsOf(params)),
  callback: (doors, { method, params, isNotify }) =>
    isNotify
      ? doors.callbacks?.send(createRequest(method, ...argsOf(params)))
      : send(doors, method, ...argsOf(params)),
}

export const makeOwnCall = (doors: Doors, own: OwnCall): unknown => calls[own.door](doors, own)

const argsOf = (params: OwnCall['params']): readonly unknown[] =>
  params === null ? [] : isArray(params) ? params : [params]

const isArray = (params: OwnCall['params']): params is readonly unknown[] => Array.isArray(params)
