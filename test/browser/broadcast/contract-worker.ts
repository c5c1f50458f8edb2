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
  void echoOf(name).then(() => postMessage('ready'))
})

/** A channel hears nothing before the browser knows of it: those that were made before this one is heard do. */
function echoOf(name: string): Promise<void> {
  const [ear, mouth] = [new BroadcastChannel(name), new BroadcastChannel(name)]
  return new Promise((resolve) => {
    ear.onmessage = () => {
      ear.close()
      mouth.close()
      resolve()
    }
    mouth.postMessage('echo')
  })
}
