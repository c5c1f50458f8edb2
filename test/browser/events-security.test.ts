/** Who is heard by an RPCMessageEvent over windows, and who can read what it posts. */
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { callContext, RPCMessageEvent, type RPCMessageEventOptions } from '../../src/index.ts'
import { start, within } from '../contract/fixture.ts'
import { nextMessage, origins } from './events/frames.ts'
import { loadPuppet, openPuppet, type Puppet } from './events/puppets.ts'

const refused = (origin: string): string => `A message from ${origin} was refused: pass it as \`origin\``
const greeting = { jsonrpc: '2.0', method: 'hi', params: ['there'] }

function eventWith(
  { target }: Pick<Puppet, 'target'>,
  options: Partial<RPCMessageEventOptions> = {},
): { readonly event: RPCMessageEvent; readonly heard: unknown[] } {
  const event = new RPCMessageEvent({ currentEndpoint: window, targetEndpoint: target, ...options })
  onTestFinished(() => event.destroy())
  const heard: unknown[] = []
  event.on('hi', (...args: unknown[]) => heard.push(args))
  event.onerror = ({ message }) => heard.push(message)
  return { event, heard }
}

// One window of each origin serves all tests about origins.
const loaded = new Map<string, Promise<Puppet>>()
afterAll(async () => {
  for (const puppet of loaded.values()) (await puppet).close()
})

const puppetOf = (origin: string): Promise<Puppet> => {
  const puppet = loaded.get(origin) ?? loadPuppet(origin)
  loaded.set(origin, puppet)
  return puppet
}

/** What is heard when a puppet of `origin` says hi. */
async function heardFrom(origin: string, options?: Partial<RPCMessageEventOptions>): Promise<unknown[]> {
  const puppet = await puppetOf(origin)
  const { event, heard } = eventWith(puppet, options)
  await puppet.say(greeting)
  event.destroy()
  return heard
}

describe('the origins that an RPCMessageEvent hears between windows', () => {
  test('by default: the own one', async () => {
    expect(await heardFrom(origins.own)).toEqual([['there']])
  })

  test('S01, C58: by default: no other, which is reported', async () => {
    expect(await heardFrom(origins.other)).toEqual([refused(origins.other)])
  })

  test('with `config` as an object: its targetOrigin', async () => {
    expect(await heardFrom(origins.other, { config: { targetOrigin: origins.other } })).toEqual([['there']])
  })

  test('S01: with `config` as an object: not the own one, and no third', async () => {
    const config = { targetOrigin: origins.other }
    expect(await heardFrom(origins.own, { config })).toEqual([refused(origins.own)])
    expect(await heardFrom(origins.third, { config })).toEqual([refused(origins.third)])
  })

  test('with targetOrigin `*`, as in the published example: any', async () => {
    const config = { targetOrigin: '*' }
    expect(await heardFrom(origins.own, { config })).toEqual([['there']])
    expect(await heardFrom(origins.other, { config })).toEqual([['there']])
  })

  test('C58: with `config` as a function: the targetOrigin that it gives, as it gives it', async () => {
    let targetOrigin = origins.other
    const config = (): object => ({ targetOrigin })
    expect(await heardFrom(origins.own, { config })).toEqual([refused(origins.own)])
    expect(await heardFrom(origins.other, { config })).toEqual([['there']])
    targetOrigin = origins.third
    expect(await heardFrom(origins.other, { config })).toEqual([refused(origins.other)])
    expect(await heardFrom(origins.third, { config })).toEqual([['there']])
  })

  test('C58: with a function that names none, or throws: the own one only; nobody', async () => {
    expect(await heardFrom(origins.own, { config: () => undefined })).toEqual([['there']])
    expect(await heardFrom(origins.other, { config: () => undefined })).toEqual([refused(origins.other)])
    const config = (): never => {
      throw new Error('of the page')
    }
    expect(await heardFrom(origins.own, { config })).toEqual([refused(origins.own)])
  })

  test('with an object that only names what to transfer: the own one only', async () => {
    const config = { transfer: [] }
    expect(await heardFrom(origins.own, { config })).toEqual([['there']])
    expect(await heardFrom(origins.other, { config })).toEqual([refused(origins.other)])
  })

  test('with `origin`: what that says, whatever `config` says', async () => {
    const config = { targetOrigin: origins.other }
    expect(await heardFrom(origins.third, { config, origin: origins.third })).toEqual([['there']])
    expect(await heardFrom(origins.other, { config, origin: origins.third })).toEqual([
      refused(origins.other),
    ])
    const origin = [origins.third, `${origins.other}/`]
    expect(await heardFrom(origins.other, { config, origin })).toEqual([['there']])
    const ask = (given: string): boolean => given === origins.third
    expect(await heardFrom(origins.third, { config: () => config, origin: ask })).toEqual([['there']])
    expect(await heardFrom(origins.own, { config: () => config, origin: ask })).toEqual([
      refused(origins.own),
    ])
  })

  test('S06: an opaque one is not heard, by `*` either', async () => {
    for (const options of [{}, { config: { targetOrigin: '*' } }, { origin: [origins.own, '*'] }]) {
      const frame = document.createElement('iframe')
      frame.setAttribute('sandbox', 'allow-scripts')
      frame.srcdoc = `<script>
        for (const message of [${JSON.stringify(greeting)}, 'said']) parent.postMessage(message, '*')
      </script>`
      document.body.append(frame)
      onTestFinished(() => frame.remove())
      const target = frame.contentWindow as Window
      const { heard } = eventWith({ target }, options)
      const { origin } = await within(
        45_000,
        nextMessage(target, (data) => data === 'said'),
      )
      expect({ origin, heard }).toEqual({ origin: 'null', heard: [refused('null')] })
    }
  })

  test('S04: what is no origin is refused with what to write', async () => {
    const { target } = await puppetOf(origins.own)
    const wrong = ['', 'null', '*.example.com', 'widget.example', 'https://', /example/ as unknown as string]
    for (const origin of wrong)
      expect(() => new RPCMessageEvent({ currentEndpoint: window, targetEndpoint: target, origin })).toThrow(
        /write/,
      )
    for (const targetOrigin of ['', 'null', 'widget.example'])
      expect(
        () =>
          new RPCMessageEvent({
            currentEndpoint: window,
            targetEndpoint: target,
            config: { targetOrigin },
          }),
      ).toThrow(/write/)
  })

  test('S05: case, a trailing slash and a path of an origin do not matter', async () => {
    const origin = `${origins.other.toUpperCase()}/path`
    expect(await heardFrom(origins.other, { origin })).toEqual([['there']])
  })

  test('the targetOrigin `/`, which stands for the own one, is understood as `postMessage` does', async () => {
    expect(await heardFrom(origins.own, { config: { targetOrigin: '/' } })).toEqual([['there']])
  })
})

describe('the windows that an RPCMessageEvent hears', () => {
  test('S02: another window of the same origin is not heard', async () => {
    const peer = await openPuppet(origins.other)
    const sibling = await openPuppet(origins.other)
    const { heard } = eventWith(peer, { config: { targetOrigin: origins.other } })
    await sibling.say(greeting)
    expect(heard).toEqual([])
    await peer.say(greeting)
    expect(heard).toEqual([['there']])
  })

  test('S02: what another window says executes nothing, and is not answered', async () => {
    const peer = await openPuppet(origins.own)
    const sibling = await openPuppet(origins.own)
    const { event } = eventWith(peer)
    const calls: unknown[] = []
    const rpc = start({ event, methods: { pay: (...args: unknown[]) => calls.push(args) } })
    const states: string[] = []
    rpc.onPeer((state) => states.push(state))
    const hello = { session: 'x', version: 1, capabilities: ['cancel', 'close'] }
    await sibling.say(
      { jsonrpc: '2.0', id: 1, method: 'rpc.connect', params: hello },
      { jsonrpc: '2.0', id: 2, method: 'pay', params: [1] },
      { jsonrpc: '2.0', method: 'pay', params: [2] },
      { jsonrpc: '2.0', method: 'rpc.close' },
    )
    await peer.say()
    expect({ calls, states, heard: sibling.heard }).toEqual({ calls: [], states: ['waiting'], heard: [] })
    await peer.say({ jsonrpc: '2.0', id: 2, method: 'pay', params: [3] })
    expect(calls).toEqual([[3]])
  })

  test('S03: an answer from another window or origin settles nothing, and the real one does', async () => {
    const peer = await openPuppet(origins.other)
    const strangers = [await openPuppet(origins.other), await openPuppet(origins.own)]
    const { event } = eventWith(peer, { config: { targetOrigin: origins.other } })
    const rpc = start({ event, plain: true })
    const answered = rpc.invoke('balance')
    await peer.say()
    const [{ id }] = peer.heard as [{ id: string }]
    for (const stranger of strangers) await stranger.say({ jsonrpc: '2.0', id, result: 'forged' })
    await peer.say({ jsonrpc: '2.0', id, result: 'real' })
    expect(await within(45_000, answered)).toBe('real')
  })

  test('S07: a window that has gone to another origin is not heard, and reads nothing', async () => {
    const peer = await openPuppet(origins.other)
    const { event, heard } = eventWith(peer, { config: { targetOrigin: origins.other } })
    event.emit('secret', 1)
    await peer.say(greeting)
    await peer.moveTo(origins.third)
    event.emit('secret', 2)
    await peer.say(greeting)
    expect(peer.heard).toEqual([{ jsonrpc: '2.0', method: 'secret', params: [1] }])
    expect(heard).toEqual([['there'], refused(origins.third)])
    await peer.moveTo(origins.other)
    event.emit('secret', 3)
    await peer.say(greeting)
    expect(peer.heard).toHaveLength(2)
    expect(heard).toEqual([['there'], refused(origins.third), ['there']])
  })

  test('S08: by default nothing is posted to another origin', async () => {
    const peer = await openPuppet(origins.other)
    const { event } = eventWith(peer)
    event.emit('secret')
    await peer.say()
    expect(peer.heard).toEqual([])
  })

  test('S14: the ids of calls between windows cannot be guessed', async () => {
    const peer = await openPuppet(origins.own)
    const { event } = eventWith(peer)
    const rpc = start({ event, plain: true })
    void rpc.invoke('a').catch(() => {})
    void rpc.invoke('b').catch(() => {})
    await peer.say()
    const ids = (peer.heard as { id: unknown }[]).map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect(id).toMatch(/^[\da-f-]{36}:\d+$/)
  })

  test('callContext() tells the origin of the caller', async () => {
    const peer = await openPuppet(origins.other)
    const { event } = eventWith(peer, { config: { targetOrigin: origins.other } })
    const seen: unknown[] = []
    start({ event, methods: { who: () => seen.push(callContext().origin) } })
    await peer.say({ jsonrpc: '2.0', id: 1, method: 'who' })
    expect(seen).toEqual([origins.other])
  })

  test('an iframe with `srcdoc` is of the own origin, and hears its parent by default', async () => {
    const frame = document.createElement('iframe')
    const script = new URL('./events/child.ts', import.meta.url).pathname
    frame.srcdoc = `<script type="module" src="${script}?kind=events"></script>`
    document.body.append(frame)
    onTestFinished(() => frame.remove())
    const target = frame.contentWindow as Window
    const event = new RPCMessageEvent({ currentEndpoint: window, targetEndpoint: target })
    onTestFinished(() => event.destroy())
    await within(45_000, new Promise((resolve) => event.on('ready', () => resolve(undefined))))
    const done = new Promise((resolve) => event.on('re:do_something', resolve))
    event.emit('do_something', 'srcdoc')
    expect(await within(45_000, done)).toBe('srcdoc done')
  })
})
