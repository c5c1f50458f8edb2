/** The other side of a connection over a BroadcastChannel, in a worker: one after the other, as it is told. */
import { type End, openEnd } from '../../adapters/broadcast/ends.ts'
import type { Kind } from '../../contract/fixture.ts'
import { type Behind, run } from '../../windows/medium.ts'

let end: End | undefined
let behind: Behind | undefined

addEventListener('message', ({ data: { name, kind } }: MessageEvent<{ name: string; kind: Kind }>) => {
  behind?.stop()
  end?.close()
  end = openEnd(name, 'there', 'here')
  behind = run(kind, end.transport)
  postMessage('ready')
})
