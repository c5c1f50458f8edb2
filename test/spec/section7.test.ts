import { describe, expect, test } from 'vitest'
import type { RPCParams } from '../../src/index.ts'
import { alone, turn } from '../peer/pair.ts'
import { type Example, examples } from './examples.ts'

interface Numbers {
  readonly minuend: number
  readonly subtrahend: number
}

const calls: [string, ...unknown[]][] = []

const log =
  (name: string) =>
  (...params: unknown[]): void => {
    calls.push([name, ...params])
  }

const methods = {
  subtract: (first: number | Numbers, second: number) =>
    typeof first === 'number' ? first - second : first.minuend - first.subtrahend,
  sum: (...numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0),
  get_data: () => ['hello', 5],
  update: log('update'),
  notify_hello: log('notify_hello'),
  notify_sum: log('notify_sum'),
}

interface Message {
  readonly id?: string | number
  readonly method: string
  readonly params?: RPCParams
}

interface Answer {
  readonly id: string | number | null
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The specification allows a message to say more, and the answers of a batch to come in any order. */
const asSpecified = (expected: unknown): unknown => {
  if (Array.isArray(expected)) return expected.map(asSpecified)
  const { error } = expected as Answer
  const message = error && expect.stringMatching(`^${error.message}`)
  return error ? { ...(expected as Answer), error: { ...error, message } } : expected
}

const byId = (answers: unknown): unknown =>
  Array.isArray(answers)
    ? answers.toSorted((a: Answer, b: Answer) => String(a.id).localeCompare(String(b.id)))
    : answers

const without = (method: string, messages: readonly unknown[]): unknown[] =>
  messages.filter((message) => Reflect.get(Object(message), 'method') !== method)

const isValid = ({ send }: Example): boolean => messagesOf(send).length > 0

for (const { medium, text, plain } of [
  { medium: 'text', text: true, plain: true },
  { medium: 'objects', text: false, plain: true },
  { medium: 'text, before anybody answered its hello', text: true, plain: false },
  { medium: 'objects, before anybody answered its hello', text: false, plain: false },
])
  describe(`as a server over ${medium}, an RPC answers as section 7 of the specification says`, () => {
    for (const { name, send, expect: expected } of examples.filter(
      (example) => text || parsed(example.send) !== undefined,
    ))
      test(`answers: ${name}`, async () => {
        using server = alone({ methods, plain }, { text, policy: 'strict' })
        server.receive(text ? send : parsed(send))
        await turn()

        const answers = without('rpc.connect', server.posted).map(byId)
        expect(answers).toStrictEqual(expected === undefined ? [] : [byId(asSpecified(expected))])
      })
  })

test('the notifications of the examples reach their methods', () => {
  calls.length = 0
  using server = alone({ methods }, { text: true })
  for (const { send } of examples) server.receive(send)

  expect(calls).toEqual([
    ['update', 1, 2, 3, 4, 5],
    ['notify_hello', 7],
    ['notify_sum', 1, 2, 4],
    ['notify_hello', 7],
  ])
})

for (const { medium, text } of [
  { medium: 'text', text: true },
  { medium: 'objects', text: false },
])
  describe(`as a client over ${medium}, an RPC sends and understands what section 7 shows`, () => {
    for (const { name, send, expect: answer } of examples.filter(isValid))
      test(`sends and understands: ${name}`, async () => {
        using client = alone({}, { text, policy: 'strict' })
        const isBatch = Array.isArray(parsed(send))
        const messages = messagesOf(send)
        const made = isBatch
          ? sendBatch(client.rpc, messages)
          : messages.map((message) => sendOne(client.rpc, message))
        const outcomes = Promise.allSettled(made)
        expect(client.posted).toStrictEqual([isBatch ? messages : messages[0]])

        if (answer !== undefined) client.receive(answer)
        expect(await outcomes).toMatchObject(messages.map((message) => outcomeOf(message, answer)))
        expect(client.posted).toHaveLength(1)
      })

    for (const { name, expect: answer } of examples.filter((example) => !isValid(example)))
      test(`settles nothing by the answer to: ${name}`, async () => {
        using client = alone({}, { text, policy: 'strict' })
        const call = client.rpc.invoke('sum', [1, 2])
        client.receive(answer)
        client.receive({ jsonrpc: '2.0', id: 1, result: 3 })

        expect(await call).toBe(3)
        expect(client.posted).toHaveLength(1)
      })
  })

/** The valid requests and notifications among what an example's client sends: all that our client can send. */
function messagesOf(send: Example['send']): Message[] {
  const sent = parsed(send)
  const entries: unknown[] = Array.isArray(sent) ? sent : [sent]
  return entries.filter((entry): entry is Message => typeof Reflect.get(Object(entry), 'method') === 'string')
}

type Client = ReturnType<typeof alone>['rpc']

const NOTHING = Promise.resolve('a notification')

function sendOne(rpc: Client, { id, method, params }: Message): Promise<unknown> {
  if (id !== undefined) return rpc.invoke(method, params, { id })
  rpc.notify(method, params)
  return NOTHING
}

function sendBatch(rpc: Client, messages: readonly Message[]): Promise<unknown>[] {
  const made: Promise<unknown>[] = []
  const whole = rpc.batch((call) => {
    for (const { id, method, params } of messages) {
      if (id === undefined) call.notify(method, params)
      made.push(id === undefined ? NOTHING : call(method, params, { id }))
    }
    return made
  })
  whole.catch(() => {})
  return made
}

function outcomeOf({ id }: Message, expected: unknown): object {
  if (id === undefined) return { status: 'fulfilled', value: 'a notification' }
  const answer = [expected].flat().find((entry) => (entry as Answer).id === id) as Answer
  return answer.error
    ? { status: 'rejected', reason: answer.error }
    : { status: 'fulfilled', value: answer.result }
}
