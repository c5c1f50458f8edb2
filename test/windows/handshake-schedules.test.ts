import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeWorld, type Side, type SideOptions, type World } from './model.ts'

type Replayed = Parameters<World['replay']>[2]

/** One step of a schedule; those that make no sense at that moment do nothing. */
type Step =
  | { readonly do: 'start' | 'stop'; readonly side: Side; readonly channel: number }
  | { readonly do: 'restart' | 'reload' | 'move' | 'deliver'; readonly side: Side }
  | { readonly do: 'replay'; readonly side: Side; readonly which: number }

interface Schedule {
  readonly sides: readonly [SideOptions, SideOptions]
  readonly channels: readonly (string | undefined)[]
  readonly sessions: readonly number[]
  readonly steps: readonly Step[]
  /** Whose message is delivered next, at the end, when both sides listen. */
  readonly last: readonly Side[]
}

const A = 'https://a.example'
const B = 'https://b.example'
const B2 = 'https://b2.example'

const exact: readonly [SideOptions, SideOptions] = [
  { origins: [A], greets: [B] },
  { origins: [B], greets: [A] },
]
const listed: readonly [SideOptions, SideOptions] = [
  { origins: [A], greets: [B, B2] },
  { origins: [B, B2], greets: [A] },
]
const pattern: readonly [SideOptions, SideOptions] = [
  { origins: [A], greets: ['*'] },
  { origins: [B, B2], greets: [A] },
]
const patterns: readonly [SideOptions, SideOptions] = [
  { origins: [A], greets: ['*'] },
  { origins: [B, B2], greets: ['*'] },
]
const blank: readonly [SideOptions, SideOptions] = [
  { origins: [A], greets: [B], facesBlank: true },
  { origins: [B], greets: [A] },
]
const opaque: readonly [SideOptions, SideOptions] = [
  { origins: [A], greets: ['*'] },
  { origins: ['null'], greets: [A] },
]

const side = fc.constantFrom<Side>(0, 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('deliver'), side }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('start'), side, channel: fc.nat(2) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('restart', 'reload', 'move'), side }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop'), side, channel: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replay'), side, which: fc.nat(9) }) },
)

const schedule = (sides: fc.Arbitrary<Schedule['sides']>): fc.Arbitrary<Schedule> =>
  fc.record({
    sides,
    channels: fc.constantFrom<Schedule['channels']>(
      [undefined],
      [undefined, 'files'],
      ['files', 'events', undefined],
    ),
    sessions: fc.array(fc.nat(99), { minLength: 1, maxLength: 12 }),
    steps: fc.array(step, { maxLength: 40 }),
    last: fc.array(side, { maxLength: 20 }),
  })

interface Ran {
  readonly world: World
  /** How many messages there were since both sides listened. */
  readonly said: number
}

function run({ sides, channels, sessions, steps, last }: Schedule, replayed: Replayed): Ran {
  let made = 0
  // Equal numbers happen, equal ids do not.
  const nextSession = (): string => `${sessions[made % sessions.length]} ${String(made++).padStart(3, '0')}`
  const world = makeWorld(sides, nextSession)
  const channelAt = (index: number): string | undefined => channels[index % channels.length]
  for (const step of steps) {
    if (step.do === 'deliver') world.deliver(step.side)
    else if (step.do === 'start') world.start(step.side, channelAt(step.channel))
    else if (step.do === 'stop') world.stop(step.side, channelAt(step.channel))
    else if (step.do === 'restart') world.restart(step.side)
    else if (step.do === 'replay') world.replay(step.side, step.which, replayed)
    else world.load(step.side, step.do === 'move')
  }
  for (const name of channels) for (const side of [0, 1] as const) world.start(side, name)
  const before = world.posts.length
  for (const side of last) world.deliver(side)
  while (world.deliver(0) || world.deliver(1));
  return { world, said: world.posts.length - before }
}

/** What is wrong with each channel: its two ends in use must belong together and be open. */
const brokenChannels = ({ windows }: World, channels: Schedule['channels']): unknown[] =>
  channels
    .map((name) => windows.map(({ channels }) => channels.get(name)?.end))
    .filter(
      ([left, right]) => !left?.open || !right?.open || left.pair !== right.pair || left.made === right.made,
    )

/** Posts of a port to nobody in particular, and those that carry more than session ids and the channel. */
const leaks = ({ posts }: World): unknown[] =>
  posts.filter(
    ({ to, port, greeting }) =>
      (port && ['*', 'null', ''].includes(to)) ||
      Object.keys(greeting).some((key) => !['session', 're', 'name'].includes(key)),
  )

const RUNS = 10_000
const sides = fc.constantFrom(exact, listed, pattern, patterns, blank, opaque)

test('S08, S09: 10,000 schedules end with one channel for each channel, and no port is ever posted to anyone', () => {
  fc.assert(
    fc.property(schedule(sides), (one) => {
      const { world, said } = run(one, 'present sessions')
      expect(brokenChannels(world, one.channels)).toEqual([])
      expect(leaks(world)).toEqual([])
      // Each channel: a greeting, an answer, an offer, and the answers to what was on its way.
      expect(said).toBeLessThan(20 * one.channels.length)
    }),
    { numRuns: RUNS },
  )
})

test('S10: nor does it help to repeat what a former session had said', () => {
  fc.assert(
    fc.property(schedule(sides), (one) => {
      const { world } = run(one, 'former sessions')
      expect(brokenChannels(world, one.channels)).toEqual([])
    }),
    { numRuns: RUNS },
  )
})
