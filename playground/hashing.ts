// Hashes files in a worker of its own, and shows what crosses meanwhile.
import { callContext, endpointTransport, wrap } from 'portcall'
import { outcomeOfError } from './outcome.ts'
import type { HashingApi, Progress } from './peers/hashing.ts'
import { createRecorder } from './recorder.ts'
import { makeSample } from './sample.ts'
import { createCallRow } from './ui/call-row.ts'
import { createHashingCard, type HashingCard } from './ui/hashing-card.ts'
import { toSize } from './ui/text.ts'

const peer = 'hashing worker'

/** What else crosses for a call that is passed a callback and a signal, and answers with a stream. */
const notices = ['rpc.call', 'rpc.pull', 'rpc.next', 'rpc.end', 'rpc.stop', 'rpc.abort']

export function createHashing(): HashingCard {
  const endpoint = new Worker(new URL('./peers/hashing.ts', import.meta.url), { type: 'module' })
  const recorder = createRecorder()
  const worker = wrap<HashingApi>(recorder.watch(endpointTransport(endpoint)))
  let controller = new AbortController()

  const hash = async (chosen: readonly File[]): Promise<void> => {
    controller = new AbortController()
    const { signal } = controller
    const files = chosen.length > 0 ? [...chosen] : makeSample()
    const signature = `hash([${count(files.length)}], report, signal)`
    const row = createCallRow({ from: 'page', door: 'wrap', peer, method: 'hash', signature })
    const trace = recorder.follow(['hash'], { callbacks: notices, changed: () => row.update(trace) })
    card.begin(row.element, `Hashing ${count(files.length)} …`)
    const start = performance.now()
    let last: Progress | undefined

    const report = (progress: Progress): void => {
      last = progress
      card.progress(progress)
      if (progress.ended) showEnd(progress)
    }

    try {
      for await (const hashed of worker.hash(files, report, signal)) card.add(hashed)
      const milliseconds = performance.now() - start
      row.settle({ state: 'answered', text: `a stream of ${files.length}, to its end`, milliseconds })
      card.end('ok', `${count(files.length)} hashed. The worker’s \`finally\` ran.`)
    } catch (error) {
      row.settle(outcomeOfError(error, performance.now() - start), signal.aborted)
      card.end(signal.aborted ? 'aborted' : 'bad', endOf(signal.aborted, last))
    }
    trace.settle()
    row.update(trace)
  }

  /** The last report is a row of its own, as it shows that nothing is left running over there. */
  const showEnd = (progress: Progress): void => {
    const { id } = callContext()
    const row = createCallRow({ from: 'peer', door: 'wrap', peer, method: 'report', params: [progress] })
    const trace = recorder.followIncoming(id, () => row.update(trace))
    trace.settle()
    row.update(trace)
    row.settle({ state: 'answered', text: 'its finally ran' })
    card.addRow(row.element)
  }

  /** What is sent of it is a row of its own too. */
  const cancel = (): void => {
    if (controller.signal.aborted) return
    const row = createCallRow({ from: 'page', door: 'wrap', peer, method: 'controller.abort' })
    const trace = recorder.follow(['rpc.abort'], { changed: () => row.update(trace) })
    controller.abort(new DOMException('Cancelled by the button', 'AbortError'))
    // Where others leave in the same turn, its message leaves with them.
    setTimeout(() => trace.settle())
    row.update(trace)
    row.settle({ state: 'sent', text: 'the signal over there is aborted' })
    card.addRow(row.element)
  }

  const card = createHashingCard({ hash: (files) => void hash(files), cancel })
  return card
}

function endOf(isAborted: boolean, last: Progress | undefined): string {
  const head = isAborted ? 'Cancelled.' : 'It failed.'
  if (!last?.ended) return head
  return `${head} The worker’s \`finally\` ran after ${toSize(last.bytes)} of ${toSize(last.total)}: it has stopped.`
}

const count = (files: number): string => (files === 1 ? '1 file' : `${files} files`)
