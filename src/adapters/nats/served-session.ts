/** The end of a session at who serves a subject. */
import { type TextEars, textTransport } from '../../transport/text.ts'
import type { Transport } from '../../transport/transport.ts'
import {
  backlogOf,
  isNobody,
  type NatsConnectionLike,
  type NatsMessageLike,
  newInbox,
  publish,
  textOf,
  watch,
} from './wire.ts'

/** Hand over the text of a message. */
export function read(message: NatsMessageLike, { text, unreadable }: TextEars): void {
  let value: string
  try {
    value = textOf(message)
  } catch (error) {
    return unreadable(error)
  }
  text(value)
}

/**
 * The session with who asked from the inbox `peer`, and how to look whether it still lives.
 */
export function sessionTransport(
  nc: NatsConnectionLike,
  peer: string,
  greeting: (inbox: string) => string,
): { readonly transport: Transport; readonly look: () => void } {
  const inbox = newInbox()
  let lose: ((reason: string) => void) | undefined
  const transport = textTransport({
    backlog: backlogOf(nc),
    cut: (reason) => lose?.(reason),
    endpoint: {},
    maxLength: Infinity,
    send: (text) => publish(nc, peer, text, inbox),
    listen: (ears) => {
      lose = ears.gone
      const subscription = nc.subscribe(inbox, {
        callback: (error, message) => {
          if (error) ears.unreadable(error)
          else if (isNobody(message)) ears.gone('the client is gone')
          else if (message.data.length) read(message, ears)
        },
      })
      const gone = (): void => ears.gone('the connection to NATS was lost')
      const stop = watch(nc, { lost: gone, back() {}, closed: gone })
      publish(nc, peer, greeting(inbox), inbox)
      return () => {
        stop()
        subscription.unsubscribe()
      }
    },
  })
  return { transport, look: () => publish(nc, peer, '', inbox) }
}
