import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHandshake, type Effect, type Greeting, type Handshake } from '../../src/windows/handshake.ts'

const A = 'https://a.example'
const B = 'https://b.example'

const machine = (session: string, options: { channel?: string; opaque?: boolean } = {}): Handshake =>
  createHandshake({ session, channel: options.channel, opaque: options.opaque ?? false })

const greet = (greeting: Greeting, to: string): Effect => ({ do: 'greet', greeting, to })
const offer = (greeting: Greeting, to: string): Effect => ({ do: 'offer', greeting, to })

describe('step 1: the start', () => {
  test('greets each origin that may be there with its session alone', () => {
    expect(machine('m').start([A, B])).toEqual([greet({ session: 'm' }, A), greet({ session: 'm' }, B)])
    expect(machine('m').start(['*'])).toEqual([greet({ session: 'm' }, '*')])
    expect(machine('m').start([])).toEqual([])
  })

  test('a greeting has no member that is undefined, and the name only of a channel that has one', () => {
    expect(machine('m').start([A])).toStrictEqual([greet({ session: 'm' }, A)])
    expect(machine('m', { channel: 'files' }).start([A])).toStrictEqual([
      greet({ session: 'm', name: 'files' }, A),
    ])
  })
})

describe('steps 2 to 4: a greeting of a session that is not known', () => {
  test('the greater session makes the channel, for the origin that greeted', () => {
    expect(machine('m').receive({ session: 'a' }, A, false)).toStrictEqual([
      offer({ session: 'm', re: 'a' }, A),
    ])
  })

  test('the lesser session greets back, to the origin that greeted', () => {
    expect(machine('m').receive({ session: 'z' }, A, false)).toStrictEqual([
      greet({ session: 'm', re: 'z' }, A),
    ])
  })

  test('an answer to our greeting is not greeted back', () => {
    expect(machine('m').receive({ session: 'z', re: 'm' }, A, false)).toEqual([])
    expect(machine('m').receive({ session: 'a', re: 'm' }, A, false)).toEqual([
      offer({ session: 'm', re: 'a' }, A),
    ])
  })

  test('an answer to somebody who was here before us is ignored', () => {
    expect(machine('m').receive({ session: 'a', re: 'before' }, A, false)).toEqual([])
    expect(machine('m').receive({ session: 'z', re: 'before' }, A, false)).toEqual([])
  })

  test.for(['a', 'z'])('S06: an opaque side makes the channel, whatever the sessions are (%s)', (session) => {
    expect(machine('m', { opaque: true }).receive({ session }, A, false)).toEqual([
      offer({ session: 'm', re: session }, A),
    ])
  })

  test.for(['a', 'z'])('S06: an opaque peer is greeted back and never offered a port (%s)', (session) => {
    const greeting = { session: 'm', re: session }
    expect(machine('m').receive({ session }, 'null', false)).toEqual([greet(greeting, '*')])
    expect(machine('m', { opaque: true }).receive({ session }, 'null', false)).toEqual([greet(greeting, '*')])
    expect(machine('m').receive({ session, re: 'm' }, 'null', false)).toEqual([])
  })

  test('a greeting is for its own channel', () => {
    for (const session of ['a', 'z']) {
      expect(machine('m').receive({ session, name: 'files' }, A, false)).toEqual([])
      expect(machine('m', { channel: 'files' }).receive({ session }, A, false)).toEqual([])
      expect(machine('m', { channel: 'files' }).receive({ session, name: 'events' }, A, true)).toEqual([])
    }
    expect(
      machine('m', { channel: 'files' }).receive({ session: 'a', name: 'files' }, A, false),
    ).toStrictEqual([offer({ session: 'm', re: 'a', name: 'files' }, A)])
  })

  test('our own greeting, from a medium with an echo, is ignored', () => {
    for (const hasPort of [false, true]) {
      expect(machine('m').receive({ session: 'm' }, A, hasPort)).toEqual([])
      expect(machine('m').receive({ session: 'm', re: 'm' }, A, hasPort)).toEqual([])
    }
  })
})

describe('step 5: a port', () => {
  test('is taken if it answers our present session, whoever is greater', () => {
    for (const session of ['a', 'z'])
      expect(machine('m').receive({ session, re: 'm' }, A, true)).toEqual([{ do: 'adopt' }])
  })

  test('S09: is closed if it answers nobody, or somebody else', () => {
    const it = machine('m')
    expect(it.receive({ session: 'z' }, A, true)).toEqual([{ do: 'discard' }])
    expect(it.receive({ session: 'z', re: 'before' }, A, true)).toEqual([{ do: 'discard' }])
    expect(it.receive({ session: 'z', re: 'm' }, A, true)).toEqual([{ do: 'adopt' }])
  })

  test('S10: is closed if its sender is our peer already', () => {
    const it = machine('m')
    expect(it.receive({ session: 'z', re: 'm' }, A, true)).toEqual([{ do: 'adopt' }])
    expect(it.receive({ session: 'z', re: 'm' }, A, true)).toEqual([{ do: 'discard' }])
    const maker = machine('m')
    maker.receive({ session: 'a' }, A, false)
    expect(maker.receive({ session: 'a', re: 'm' }, A, true)).toEqual([{ do: 'discard' }])
  })
})

describe('S10: after a channel was made', () => {
  const made: Record<string, Handshake> = { 'that made it': machine('m'), 'that took it': machine('m') }
  made['that made it']?.receive({ session: 'a' }, A, false)
  made['that took it']?.receive({ session: 'a', re: 'm' }, A, true)

  test.for(Object.entries(made))('the side %s ignores what its peer said before', ([, it]) => {
    for (const greeting of [{ session: 'a' }, { session: 'a', re: 'm' }, { session: 'a', re: 'before' }])
      expect(it.receive(greeting, A, false)).toEqual([])
  })

  test.for(Object.entries(made))('the side %s meets a new session', ([, it]) => {
    expect(it.receive({ session: 'b' }, B, false)).toEqual([offer({ session: 'm', re: 'b' }, B)])
    expect(it.receive({ session: 'z' }, A, false)).toEqual([greet({ session: 'm', re: 'z' }, A)])
    expect(it.receive({ session: 'z', re: 'm' }, A, true)).toEqual([{ do: 'adopt' }])
  })

  test('a former session, heard before the present one, is not met again, and its port is closed', () => {
    const it = machine('m')
    for (const session of ['z', 'a']) it.receive({ session }, A, false)
    expect(it.receive({ session: 'z' }, A, false)).toEqual([])
    expect(it.receive({ session: 'z', re: 'm' }, A, true)).toEqual([{ do: 'discard' }])
    const maker = machine('m')
    for (const session of ['a', 'b']) maker.receive({ session }, A, false)
    expect(maker.receive({ session: 'a' }, A, false)).toEqual([])
    expect(maker.receive({ session: 'c' }, A, false)).toEqual([offer({ session: 'm', re: 'c' }, A)])
  })

  test('a greeting that was heard but led to no channel is heard again', () => {
    const it = machine('m')
    const back = [greet({ session: 'm', re: 'z' }, A)]
    expect(it.receive({ session: 'z' }, A, false)).toEqual(back)
    expect(it.receive({ session: 'z' }, A, false)).toEqual(back)
  })
})

test('whatever arrives, nothing is thrown, and what is not a greeting has no effect', () => {
  const sessions = fc.oneof(fc.constantFrom('m', 'a', 'z'), fc.anything())
  const greeting = fc.record({ session: sessions, re: sessions, name: sessions }, { requiredKeys: [] })
  const origins = fc.constantFrom(A, 'null', '*', '')
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.oneof(greeting, fc.anything()), origins, fc.boolean()), { maxLength: 5 }),
      fc.boolean(),
      (arrivals, opaque) => {
        const it = machine('m', { opaque })
        for (const [value, origin, hasPort] of arrivals) {
          const effects = it.receive(value, origin, hasPort)
          const isGreeting = typeof Object(value).session === 'string'
          expect(effects.length).toBeLessThanOrEqual(isGreeting ? 1 : 0)
          const takes = effects.filter(({ do: it }) => it === 'adopt' || it === 'discard')
          expect(takes).toHaveLength(hasPort ? effects.length : 0)
          const offers = effects.filter((effect) => effect.do === 'offer')
          expect(offers.map(({ to }) => to)).toEqual(offers.map(() => origin))
          expect(offers).toHaveLength(origin === 'null' ? 0 : offers.length)
        }
      },
    ),
    { numRuns: 2_000 },
  )
})
