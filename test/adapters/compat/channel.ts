import { onTestFinished } from 'vitest'

export interface Channel {
  readonly ours: MessagePort
  readonly theirs: MessagePort
  /** What each side has received so far, by whom it was sent. */
  readonly said: { readonly us: unknown[]; readonly them: unknown[] }
  /** Wait until all that was posted has been delivered, and what that caused, some rounds deep. */
  readonly quiet: () => Promise<void>
}

/** A real MessageChannel, every frame of which is noted; its ports take what comes from the start. */
export function openChannel(): Channel {
  const { port1: ours, port2: theirs } = new MessageChannel()
  const said: Channel['said'] = { us: [], them: [] }
  const note =
    (list: unknown[]) =>
    ({ data }: MessageEvent): void => {
      if (data !== PROBE) list.push(data)
    }
  ours.addEventListener('message', note(said.them))
  theirs.addEventListener('message', note(said.us))
  ours.start()
  theirs.start()
  onTestFinished(() => ours.close())

  const arrives = (at: MessagePort, from: MessagePort): Promise<void> =>
    new Promise((resolve) => {
      const listener = ({ data }: MessageEvent): void => {
        if (data !== PROBE) return
        at.removeEventListener('message', listener)
        resolve()
      }
      at.addEventListener('message', listener)
      from.postMessage(PROBE)
    })

  return {
    ours,
    theirs,
    said,
    async quiet() {
      for (let round = 0; round < 6; round++) {
        await arrives(theirs, ours)
        await arrives(ours, theirs)
      }
    },
  }
}

// A library that looks into it finds neither `event` nor `type`.
const PROBE = 'has all been delivered?'
