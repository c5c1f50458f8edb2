/** The feature `batches`: JSON-RPC batches (specification section 6), both ways. */
import { limitOf, type Draft, type Hooks, type Peer, type Reply } from '../../peer/seam.ts'
import { invalidRequest, refusal } from '../../peer/reading.ts'
import { BUSY, messageOf, TOO_LARGE } from '../../protocol/errors.ts'
import { isObject, keyOf, own } from '../../protocol/guards.ts'
import { microtask } from '../../protocol/realm.ts'
import { isHollow } from '../../values/size.ts'
import { heldBytes } from '../held-bytes/held-bytes.ts'
import { BATCHES } from '../ranks.ts'

/** Limits of `batches`. */
export interface BatchLimits {
  /** Entries of one batch. Bounds one message that starts a million calls: a longer one is answered TOO_LARGE, nothing is run. */
  readonly maxBatch: number
}

/** Entries of a batch, both ways. */
export const maxBatchOf = (peer: Peer): number => limitOf(peer, 'maxBatch', 1_000)

const has = (key: string) => (one: unknown) => {
  try {
    return isObject(one) && own(one, key) !== undefined
  } catch {
    return false
  }
}

export function batches(peer: Peer): Hooks {
  peer.need(heldBytes)
  const maxBatch = maxBatchOf(peer)
  const { isRunning, isShared } = peer
  // Calls that have run, and whose answers wait for those of others.
  const waiting = new Set<unknown>()
  peer.isRunning = (id) => waiting.has(keyOf(id)) || isRunning(id)

  const receiveBatch = (entries: readonly unknown[], origin: string | undefined): void => {
    const isTooLong = entries.length > maxBatch || isHollow(entries)
    // Looked at no further than to know whose it is: a sparse array of a few bytes can be as long as it likes.
    const messages: unknown[] = Array.from(isTooLong ? entries.slice(0, maxBatch) : entries)
    if (isTooLong) {
      if (isShared && !messages.some(has('jsonrpc'))) return
      if (messages.some((one) => has('method')(one) || !has('jsonrpc')(one)))
        peer.reply(refusal(null, TOO_LARGE, `A batch has at most ${maxBatch} entries`))
      return
    }
    if (!messages.length) return isShared ? undefined : peer.reply(invalidRequest())
    receiveEntries(messages, origin)
  }

  const receiveEntries = (messages: readonly unknown[], origin: string | undefined): void => {
    // What is answered at once, in the order of the entries; then the rest, as it comes.
    let last = messages.length
    let isAtOnce = true
    microtask(() => (isAtOnce = false))
    const answers: Parameters<Reply>[] = []
    const began = peer.epoch
    let open = 1
    let isOurs = false
    const releases: (() => void)[] = []
    // What waits for the others counts.
    const keep = (answer: Draft): Draft => {
      try {
        const { id } = answer
        const release = peer.hold(answer)
        waiting.add(keyOf(id))
        releases.push(() => {
          waiting.delete(keyOf(id))
          release()
        })
        return answer
      } catch (error) {
        peer.drop(answer)
        return refusal(answer.id, BUSY, messageOf(error))
      }
    }
    const post = (all: readonly Parameters<Reply>[]): void => {
      try {
        peer.post(
          all.map(([answer]) => answer as Draft),
          all.flatMap(([, , transfer]) => transfer ?? []),
        )
      } catch {
        // One that the platform refuses must not take the others with it.
        for (const answer of all) peer.reply(...answer)
      }
    }
    const close = (
      at: number,
      answer?: Draft,
      ...more: [method?: string, transfer?: readonly object[]]
    ): void => {
      if (answer) answers[isAtOnce ? at : last++] = [open > 1 ? keep(answer) : answer, ...more]
      if (--open) return
      for (const release of releases) release()
      const all = Object.values(answers)
      if (all.length && began === peer.epoch) post(all)
    }
    const strangers: number[] = []
    for (const [at, message] of messages.entries()) {
      if (began !== peer.epoch) return
      open++
      const isAnswered = peer.receiveOne(message, origin, (...answer) => close(at, ...answer))
      if (isAnswered !== true) open--
      if (isAnswered === undefined) strangers.push(at)
      isOurs ||= typeof isAnswered === 'boolean'
    }
    // Among messages of ours, what is none is invalid, too.
    if (isOurs) for (const at of strangers) answers[at] = [invalidRequest()]
    close(messages.length)
  }

  return {
    name: 'batches',
    rank: BATCHES,
    around: {
      lost: (next) => (reason) => {
        waiting.clear()
        next(reason)
      },
      receive: (next) => (data, origin) => {
        if (Array.isArray(data)) receiveBatch(data, origin)
        else next(data, origin)
      },
    },
  }
}
