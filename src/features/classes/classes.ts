/** The feature `classes`: classes are constructed from the other side: those passed by `proxy()`, and those that are exposed. */
import { classOf, isConstructible, type Methods, type RPCHandler } from '../../peer/methods.ts'
import { nodeOf, pathIn } from '../../peer/remote.ts'
import type { Hooks, Peer } from '../../peer/seam.ts'
import { runUser } from '../../protocol/boundary.ts'
import { among, encoding } from '../encoding/encoding.ts'
import { ANYWHERE } from '../ranks.ts'
import { isProxied, notFound, proxy, reachIn, references } from '../references/references.ts'

type Constructor = new (...args: unknown[]) => unknown

export function classes(peer: Peer): Hooks {
  const { exported } = peer.need(references)
  peer.need(encoding).provide('classes')
  peer.construct = (name, args, options) => {
    if (peer.isPlain || peer.isStranger) throw new TypeError(`new ${name}() needs a peer that runs portcall`)
    return peer.call('rpc.new', [null, name, ...args], options)
  }
  return {
    name: 'classes',
    rank: ANYWHERE,
    among,
    requests: {
      'rpc.new': ([id, name, ...args]: unknown[], call) => {
        const entry = id === null ? undefined : exported(id)
        const node = entry && nodeOf(entry.target)
        const found =
          typeof name === 'string' &&
          (entry ? reachIn(entry, name, peer.transport.trusted === true) : peer.reach(name))
        const target =
          entry && name === '' ? entry.target : typeof found === 'function' ? classOf(found) : undefined
        // A plain function was passed to be called.
        const isMeant = node
          ? typeof name === 'string'
          : entry && name === ''
            ? isProxied(entry) && isConstructible(target)
            : target
        if (!isMeant) throw notFound(name)
        call.target = entry?.target
        call.method = name as string
        call.params = args
        call.access = 'new'
        const construct: RPCHandler = (...given) =>
          // A remote of another connection: it is made there.
          node
            ? node.caller.construct(pathIn(node, name as string), given, node.options)
            : proxy(runUser(Reflect.construct, undefined, [target as Constructor, given]) as Methods)
        return peer.handle(construct, call)
      },
    },
  }
}
