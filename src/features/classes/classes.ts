/** Classes are constructed from over there: those that were passed by `proxy()`, and those that are exposed. */
import type { Core, Hooks } from '../../peer/seam.ts'
import { isClass, type Methods } from '../../peer/methods.ts'
import { proxy } from '../references/proxy.ts'
import { isProxied, references, unknown } from '../references/references.ts'
import { among } from '../encoding/encoding.ts'

type Constructor = new (...args: unknown[]) => unknown

export function classes(core: Core): Hooks {
  const { exported, methodsIn } = core.need(references)
  return {
    among,
    requests: {
      'rpc.new': (id: unknown, name: unknown, ...args: unknown[]) => {
        const entry = id === null ? undefined : exported(id)
        const methods = entry ? methodsIn(entry) : core.methods
        const target = entry && name === '' ? entry.target : typeof name === 'string' && methods.get(name)
        // A plain function was passed to be called.
        const isMeant =
          entry && name === '' ? isProxied(entry) && typeof target === 'function' : isClass(target)
        if (!isMeant) throw unknown(name)
        return proxy(Reflect.construct(target as Constructor, args) as Methods)
      },
    },
  }
}
