import type { Hello } from './hello.ts'
import type { Values } from './link.ts'
import type { Call, RPCId } from './messages.ts'
import type { RPCHandler } from './methods.ts'
import type { Life } from './life.ts'

export interface ExtensionDeps {
  readonly plain: boolean
  readonly hello: Hello
  readonly values: Pick<Values, 'handlers' | 'notices'>
  readonly life: Pick<Life, 'notices'>
  readonly answer: (id: RPCId, result: object) => void
  /** The other side says that it is going. */
  readonly closed: () => void
}

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/**
 * The methods that begin with `rpc.`, reserved by the specification (section 4) for extensions. None but `rpc.connect` is
 * obeyed before the hello.
 * @returns whether a call was obeyed, or what answers it.
 */
export const createExtensions =
  ({ plain, hello, values, life, answer, closed }: ExtensionDeps) =>
  ({ id, method, params }: Call): boolean | RPCHandler => {
    if (plain) return false
    if (method === 'rpc.connect' && id !== undefined)
      return hello.greeted(params, (introduction) => answer(id, introduction))
    if (method === 'rpc.ping' && hello.can('ping')) return () => null
    if (method === 'rpc.close' && id === undefined && hello.can('close')) {
      closed()
      return true
    }
    if (!hello.can('values') || !Array.isArray(params)) return false
    const notice = id === undefined ? (own(values.notices, method) ?? own(life.notices, method)) : undefined
    if (!notice) return own(values.handlers, method) ?? false
    Reflect.apply(notice, undefined, params)
    return true
  }
