/** The values of a connection that passes nothing by reference, as that of `portcall/core`, or one to a plain peer. */
import type { Draft, Link, Values } from './link.ts'
import { pathText } from './paths.ts'
import { scan } from './scan.ts'
import { checkTransfer } from './transfer.ts'
import type { Transport } from './transport.ts'

export const createPlainValues = ({ limits }: Link, { codec, endpoint }: Transport): Values => ({
  pack: (message, member, { transfer } = {}) => {
    const why = scan(message[member], limits.maxDepth, undefined, member === 'params' ? 0 : 1)
    if (typeof why === 'string') throw new TypeError(member + why)
    if (codec) {
      const { payload, marks } = codec.encode(message[member], () => undefined)
      const [first] = marks
      if (first)
        throw new TypeError(`${member}${pathText(first[0])} is a ${first[1]}, which JSON does not have`)
      message[member] = payload
    }
    if (!transfer?.length) return undefined
    if (codec) throw new TypeError('this medium transfers nothing')
    return checkTransfer(transfer, endpoint)
  },
  unpack: (payload) => payload,
  retract() {},
  endScope() {},
  discard() {},
  handlers: {},
  notices: {},
  isOpen: () => false,
  lost() {},
})

const needsPortcall = (message: Draft): Error => {
  const [path, kind] = message.values?.[0] ?? [[], '']
  const member = 'params' in message ? 'params' : 'result' in message ? 'result' : 'error'
  return new TypeError(`${member}${pathText(path)} is a ${kind}, which the other side does not take`)
}

/** @throws TypeError for a message whose values are marked, to a peer that is not portcall. */
export function checkPeer(message: Draft | Draft[], takesValues: () => boolean): void {
  if (Array.isArray(message)) message.forEach((one) => checkPeer(one, takesValues))
  else if (message.values && !takesValues()) throw needsPortcall(message)
}
