// What came of a call, in words, and whether it was meant to.
import { ErrorCode, RPCError } from 'portcall'
import type { Shown } from './scenes/scene.ts'
import type { CallState, Outcome } from './ui/call-row.ts'
import { toText } from './ui/text.ts'

export function outcomeOf({ notify, describe }: Shown, result: unknown, milliseconds: number): Outcome {
  if (notify) return { state: 'sent', text: 'no answer expected', milliseconds }
  if (describe) return { state: 'answered', text: describe(result, milliseconds), milliseconds }
  return { state: 'answered', text: toText(result), isValue: true, milliseconds }
}

const states: ReadonlyMap<number | string, CallState> = new Map<number | string, CallState>([
  [ErrorCode.TIMEOUT, 'late'],
  [ErrorCode.PEER_GONE, 'gone'],
  [ErrorCode.CLOSED, 'closed'],
  ['AbortError', 'aborted'],
])

export function outcomeOfError(error: unknown, milliseconds: number): Outcome {
  const { message, data } = Object(error) as { readonly message?: unknown; readonly data?: unknown }
  const isError = error instanceof Error
  const code = error instanceof RPCError ? error.code : isError ? error.name : 'response.error'
  const text = isError ? String(message) : toText(error)
  // In Firefox every DOMException has a `data`, null.
  const more = data === undefined || error instanceof DOMException ? '' : ` ${toText(data)}`
  const head = typeof code === 'number' ? `${code} ` : `${code}: `
  return { state: states.get(code) ?? 'rejected', text: head + text + more, code, milliseconds }
}

export function asIntended({ open, fails, gives, describe }: Shown, { code, text }: Outcome): boolean {
  if (open) return true
  if (fails !== undefined) return code === fails
  return code === undefined && (gives === undefined || describe !== undefined || text === toText(gives))
}
