/** The portcall peer that a test plays by hand: what it says about itself. */
import { request, result } from './pair.ts'

const announced = { version: 1, capabilities: ['cancel', 'close'] }

/** A hello of somebody with that session. */
export const hello = (session: string, members: object = {}): object =>
  request(session, 'rpc.connect', { session, ...announced, ...members })

/** The answer of somebody with that session to the hello of `re`. */
export const helloAnswer = (re: unknown, session: string): object => result(re, { session, ...announced, re })

/** The session of an RPC, from the hello that it posted first. */
export function sessionOf(posted: readonly unknown[]): string {
  const { method, params } = posted[0] as { method: string; params: { session: string } }
  if (method !== 'rpc.connect') throw new Error(`Posted ${method} before any hello`)
  return params.session
}

/** The method of each message; `answer` for those that have none. */
export const methodsIn = (messages: readonly unknown[]): string[] =>
  messages.flat().map((message) => String(Reflect.get(Object(message), 'method') ?? 'answer'))
