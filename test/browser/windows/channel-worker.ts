import { channelTransport } from '../../../src/index.ts'
import type { Kind } from '../../contract/fixture.ts'
import { bare, run } from '../../windows/medium.ts'

const scope = globalThis as unknown as Worker
let stop = (): void => {}

type Command = { readonly do: 'stop' } | { readonly do: 'start'; readonly kind: Kind }

// Beside the channel, on the same worker: what is to run behind it next.
scope.addEventListener('message', ({ data }: MessageEvent<Partial<Command>>) => {
  if (data.do === 'start' && data.kind) stop = run(data.kind, bare(channelTransport(scope, 'files'))).stop
  if (data.do !== 'stop') return
  stop()
  scope.postMessage('stopped')
})
