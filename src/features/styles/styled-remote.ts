/** `styledRemote`: remotes of peers that are not portcall, whose methods have other names and take params by name. */
import { peerOf } from '../../peer/registry.ts'
import { type Caller, createRemote } from '../../peer/remote.ts'
import type { RemoteByName, RemoteByPosition, RemoteStyle, Untyped } from '../../peer/remote-types.ts'
import { isObject, isPlainObject } from '../../protocol/guards.ts'
import type { RPCParams } from '../../protocol/messages.ts'

// A long name is shortened, so that the text can be read.
function byName(args: readonly unknown[], path: string): RPCParams | null {
  const [params] = args
  if (args.length < 2 && (params === undefined || isPlainObject(params))) return params ?? null
  const name = path.length > 50 ? `${path.slice(0, 49)}…` : path
  throw new TypeError(`\`${name}\` takes its params by name: pass one plain object, or nothing`)
}

/**
 * Make a typed proxy of a peer that names its methods and params in another way, as language servers (LSP) and MCP do:
 * `styledRemote<Server>(rpc, { params: 'by-name', separator: '/' })`. `rpc.remote(style)` of `portcall` is the same.
 * By name, a call takes one plain object or nothing, and throws a TypeError for anything else.
 * @throws TypeError for another style.
 */
export function styledRemote<T extends object = Untyped>(
  rpc: object,
  style: RemoteStyle & { readonly params: 'by-name' },
): RemoteByName<T>
export function styledRemote<T extends object = Untyped>(
  rpc: object,
  style: RemoteStyle & { readonly params?: 'by-position' | undefined },
): RemoteByPosition<T>
export function styledRemote(rpc: object, style: RemoteStyle): unknown {
  peerOf(rpc)
  if (!isObject(style)) throw new TypeError("Write remote({ params: 'by-name', separator: '/' })")
  const { params = 'by-position', separator = '.' } = style
  if (params !== 'by-name' && params !== 'by-position')
    throw new TypeError("`params` is 'by-name' or 'by-position'")
  if (!separator || typeof separator !== 'string')
    throw new TypeError("`separator` is a text that is not empty, such as '/'")
  return createRemote(rpc as Caller, '', { separator, paramsOf: params === 'by-name' ? byName : undefined })
}
