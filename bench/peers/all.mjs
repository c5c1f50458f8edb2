import { asyncCallRpc } from './async-call-rpc.mjs'
import { birpc } from './birpc.mjs'
import { capnweb } from './capnweb.mjs'
import { comlink } from './comlink.mjs'
import { kkrpc } from './kkrpc.mjs'
import { minimal } from './minimal.mjs'
import { osra } from './osra.mjs'
import { penpal } from './penpal.mjs'
import { portcallCore } from './portcall-core.mjs'
import { portcallInvoke } from './portcall-invoke.mjs'
import { portcallMessage } from './portcall-message.mjs'
import { portcallWrap } from './portcall-wrap.mjs'
import { postMe } from './post-me.mjs'
import { raw } from './raw.mjs'
import { rpcShooter } from './rpc-shooter.mjs'
import { vscodeJsonrpc } from './vscode-jsonrpc.mjs'
import { workerpool } from './workerpool.mjs'

/**
 * Every peer, raw first. A peer has `name` and `title`; `package`, where it comes from npm; `size`, a module with what both
 * of its sides need; and
 * - `over`: what it speaks through in a `thread`, a `worker` and a `window`: the `endpoint` itself (a Worker, a thread, the
 *   other window), a MessagePort (`port`) that was brought there before, or the URL of a `script` that it starts itself.
 *   Where it cannot run, there is nothing.
 * - `only`: the rows that it is measured in, if not all.
 * - `serve(link, api)`: the answering side.
 * - `connect(link)`: the calling side. It returns, or promises, functions: `call(...args)` echoes its first argument,
 *   `take(value)` answers 0, `noted()` tells how many notes came; and, where the peer can do it, `note(...args)` notifies,
 *   `bounce(buffer)` transfers a buffer there and back, `count(n)` sums up a stream of n numbers, `fail()` rejects,
 *   `repeat(callback, n)` lets a callback be called n times, `keep(callbacks)` keeps some, `close()` ends the connection.
 * - `start(link)`: the same for a program that calls at once, where `connect` first waits for the hello.
 * A link has `endpoint` (or `script`), `origin` for windows, and on the calling side of windows `frame`, the iframe element.
 */
export const peers = [
  raw,
  minimal,
  portcallCore,
  portcallInvoke,
  portcallWrap,
  portcallMessage,
  asyncCallRpc,
  birpc,
  capnweb,
  comlink,
  kkrpc,
  osra,
  penpal,
  postMe,
  rpcShooter,
  vscodeJsonrpc,
  workerpool,
]

export const peerOf = (name) => peers.find((peer) => peer.name === name)
