import { comlink } from './comlink.mjs'
import { minimal } from './minimal.mjs'
import { portcallInvoke } from './portcall-invoke.mjs'
import { portcallWrap } from './portcall-wrap.mjs'
import { raw } from './raw.mjs'

/**
 * Every peer, raw first. A peer has `name`, `title`, `serve(endpoint)` for the answering side (a method `echo` that returns
 * its first argument), and `connect(endpoint)` for the calling side, which returns a function that calls it.
 */
export const peers = [raw, minimal, portcallInvoke, portcallWrap, comlink]

export const peerOf = (name) => peers.find((peer) => peer.name === name)
