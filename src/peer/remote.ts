/** The proxy behind `wrap()`, `rpc.remote()` and what the peer passed by reference: member calls become requests. */
import type { RPCParams } from '../protocol/messages.ts'
import { SPECIAL, type Special, specialOf } from '../values/look.ts'
import type { RPCInvokeOptions } from './arguments.ts'
import { dispose } from './dispose.ts'
import { isReserved } from './methods.ts'
import type { Remote } from './remote-types.ts'

/** What a remote needs of an RPC. */
export interface Caller {
  invoke(method: string, params: RPCParams | null, options?: RPCInvokeOptions): Promise<unknown>
  /** The same for whoever wrote a call of a function: what it returns may be iterated at once. */
  ask(method: string, params: RPCParams | null, options?: RPCInvokeOptions): Promise<unknown>
  /** Construct the class of that name. @throws TypeError where no feature does. */
  construct(path: string, args: readonly unknown[], options?: RPCInvokeOptions): Promise<unknown>
  destroy(): void
  /** What it passed may be iterated itself. */
  readonly iterates?: boolean
}

/** The name under which what was passed by reference is iterated. */
export const ITERATE = '@@asyncIterator'

/** What stands behind a remote. */
export interface RemoteNode extends Special {
  readonly caller: Caller
  readonly path: string
  readonly options: NodeOptions | undefined
}

/** Options of the calls that a remote makes, and what `features/styles/` adds: how it writes names and params. */
export interface NodeOptions extends RPCInvokeOptions {
  readonly separator?: string
  readonly paramsOf?: ((args: readonly unknown[], path: string) => RPCParams | null) | undefined
}

/** The name of a member as the owner of the remote knows it, of its dotted name. */
export const pathIn = ({ path, options }: RemoteNode, name: string): string => {
  const separator = options?.separator ?? '.'
  return [path, name.split('.').join(separator)].filter(Boolean).join(separator)
}

/** What stands behind a remote, also one of another copy of portcall; undefined for anything else. */
export const nodeOf = (remote: unknown): RemoteNode | undefined => {
  const special = specialOf(remote)
  return special?.caller && (special as RemoteNode)
}

// What a store or inspector takes for an instance of a class, and does not take apart.
class RemoteObject {}

/**
 * Make a proxy that turns member calls into requests. Only a call sends something: symbols, `then`, `toJSON`, names that begin
 * with `__` and the members of Object.prototype are local, so that `await`, JSON.stringify, console.log and stores send nothing.
 * Below the root `bind`, `call`, `apply`, `length` and `name` are those of a local function.
 * @param isObject it cannot be called itself.
 */
export function createRemote<T>(
  caller: Caller,
  path: string,
  options?: NodeOptions,
  isObject = false,
): Remote<T> {
  const { separator = '.', paramsOf } = options ?? {}
  const members = new Map<string, unknown>()
  const node: RemoteNode = { version: 1, caller, path, options }
  const own = (key: symbol): unknown =>
    key === SPECIAL
      ? node
      : path
        ? undefined
        : key === dispose
          ? () => caller.destroy()
          : key === Symbol.asyncIterator && caller.iterates
            ? () =>
                (caller.ask(ITERATE, null, options) as never as AsyncIterable<unknown>)[
                  Symbol.asyncIterator
                ]()
            : undefined

  return new Proxy(isObject ? new RemoteObject() : function () {}, {
    get(_, key) {
      if (typeof key === 'symbol') return own(key)
      let member = members.get(key)
      if (member) return member
      if (key === 'toJSON' || isReserved(key)) return Reflect.get(Object.prototype, key)
      if (key.startsWith('__')) return undefined
      // By name, `call` is one of the peer's: MCP has tools/call.
      if (path && /^(bind|call|apply|length|name)$/.test(key) && !(paramsOf && key === 'call'))
        return key === 'name'
          ? path.split(separator).at(-1)
          : (Reflect.get(Function.prototype, key) as unknown)
      member = createRemote(caller, path ? path + separator + key : key, options)
      members.set(key, member)
      return member
    },
    apply: (_, __, args: unknown[]) =>
      caller.ask(path, paramsOf ? paramsOf(args, path) : args.length ? args : null, options),
    construct: (_, args: unknown[]) => caller.construct(path, args, options),
    set: () => false,
  }) as Remote<T>
}

/** Make a function that is one over there. It has no members but those of every function, so that it can be bound. */
export function createRemoteFunction(caller: Caller): (...args: unknown[]) => Promise<unknown> {
  const remote = (...args: unknown[]): Promise<unknown> => caller.ask('', args.length ? args : null)
  const node: RemoteNode = { version: 1, caller, path: '', options: undefined }
  Object.defineProperty(remote, SPECIAL, { value: node })
  Object.defineProperty(remote, dispose, { value: () => caller.destroy() })
  return remote
}
