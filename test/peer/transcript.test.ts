import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { lspDialect, RPC } from '../../src/index.ts'
import { linkedPair, type Side } from '../../src/testing.ts'
import { failure, notification, request, result, turn } from './pair.ts'

type Transcript = { from: string; message: unknown }[]

const golden = JSON.parse(
  readFileSync(new URL('../transcripts/hello.json', import.meta.url), 'utf8'),
) as Record<string, Transcript>

const methods = { add: (a: number, b: number) => a + b, wait: () => new Promise(() => {}) }

/** What crosses, in the order that it is posted; sessions are written as the name of whose they are. */
function recorder() {
  const link = linkedPair({ manual: true })
  const transcript: Transcript = []
  const names = new Map<string, string>()
  link.tap((from, message) => transcript.push({ from, message }))
  return {
    link,
    /** Make an RPC; its session is called `name`. */
    start(side: Side, name: string, options: object = {}): RPC {
      const before = transcript.length
      const rpc = new RPC({ methods, ...options, transport: link[side] })
      const hello = transcript[before]?.message as { id: string } | undefined
      if (hello) names.set(hello.id, `<${name}>`)
      return rpc
    },
    /** Post as a stranger on the right would. */
    say(message: unknown): void {
      transcript.push({ from: 'stranger', message })
      link.inject('right', message)
    },
    sessionOf: (name: string) => [...names].find(([, known]) => known === `<${name}>`)?.[0],
    /** Deliver everything, and what handlers answer to it. */
    async settle(): Promise<void> {
      while (link.deliver()) await turn()
    },
    get transcript(): unknown {
      let written = JSON.stringify(transcript)
      for (const [session, name] of names) written = written.replaceAll(session, name)
      return JSON.parse(written)
    },
  }
}

type Recorder = ReturnType<typeof recorder>

const ignore = (call: Promise<unknown>): void => void call.catch(() => {})

const scenarios: Record<string, (r: Recorder) => Promise<void>> = {
  'both start at once, then the left one calls': async (r) => {
    const left = r.start('left', 'left')
    r.start('right', 'right')
    ignore(left.invoke('add', [1, 2]))
    await r.settle()
  },
  'the right one starts later, the hello of the left one was lost': async (r) => {
    const left = r.start('left', 'left')
    r.link.deliver()
    ignore(left.invoke('add', [1, 2]))
    left.notify('add', [3, 4])
    r.start('right', 'right')
    await r.settle()
  },
  'a stranger answers the hello with an error': async (r) => {
    const left = r.start('left', 'left')
    ignore(left.invoke('add', [1, 2]))
    r.say(failure(r.sessionOf('left'), -32601, 'Method not found'))
    await r.settle()
    r.say(result(1, 3))
    await r.settle()
    left.destroy()
  },
  'a stranger calls before it answers the hello': async (r) => {
    const left = r.start('left', 'left')
    ignore(left.invoke('add', [1, 2]))
    r.say(request(1, 'add', [3, 4]))
    await r.settle()
  },
  'a call is cancelled': async (r) => {
    const left = r.start('left', 'left')
    r.start('right', 'right')
    await r.settle()
    const abort = new AbortController()
    ignore(left.invoke('wait', null, { signal: abort.signal }))
    await r.settle()
    abort.abort()
    await r.settle()
  },
  'the right one is destroyed, and another starts in its place': async (r) => {
    const left = r.start('left', 'left')
    const right = r.start('right', 'right')
    await r.settle()
    ignore(left.invoke('wait'))
    await r.settle()
    right.destroy()
    await r.settle()
    r.start('right', 'second right')
    await r.settle()
    ignore(left.invoke('add', [1, 2]))
    await r.settle()
  },
  'the left one is destroyed before anybody came': async (r) => {
    r.start('left', 'left').destroy()
    await r.settle()
  },
  'plain: nothing is said, the hello of the other side is not understood': async (r) => {
    const left = r.start('left', 'left', { plain: true })
    ignore(left.invoke('add', [1, 2]))
    r.start('right', 'right')
    await r.settle()
    left.destroy()
    await r.settle()
  },
  'a dialect: cancelling goes its way': async (r) => {
    const left = r.start('left', 'left', { dialect: lspDialect })
    const abort = new AbortController()
    ignore(left.invoke('wait', null, { signal: abort.signal }))
    abort.abort()
    r.say(notification('ready'))
    await r.settle()
  },
}

for (const [name, play] of Object.entries(scenarios))
  test(`the transcript of the hello is the golden one: ${name}`, async () => {
    const r = recorder()
    await play(r)
    expect(r.transcript).toEqual(golden[name])
  })

test('every golden transcript of the hello is played', () => {
  expect(Object.keys(golden)).toEqual(Object.keys(scenarios))
})
