/** Node processes that end when nobody speaks any more. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findEngine } from '../../scripts/engines.mjs'
import { expose, wrap } from '../../src/index.ts'
import { bundleScripts, type Scripts } from '../adapters/process/scripts.ts'

const names = ['ending', 'thread', 'core-thread', 'child', 'stdio-child'] as const
type Name = (typeof names)[number]

let scripts: Scripts<Name>
beforeAll(async () => {
  scripts = await bundleScripts(fileURLToPath(new URL('./peers/', import.meta.url)), names)
}, 60_000)
afterAll(() => scripts.remove())

/** Run a scenario until its process ends by itself. @returns what it printed. */
async function runIn(program: readonly string[], scenario: string, script: Name, ...more: string[]) {
  const [file = '', ...args] = [...program, scripts.path('ending'), scenario, scripts.path(script), ...more]
  const { stdout } = await promisify(execFile)(file, args, { timeout: 45_000 })
  return stdout.trim().split('\n')
}

const run = (scenario: string, script: Name, ...args: string[]): Promise<string[]> =>
  runIn([process.execPath], scenario, script, ...args)

const ends: readonly [string, Name, string[], ...string[]][] = [
  ['thread', 'thread', ['pong']],
  ['core thread', 'core-thread', ['pong']],
  ['child', 'child', ['pong']],
  ['advanced child', 'child', ['pong']],
  ['stdio', 'stdio-child', ['pong']],
  ['port', 'thread', ['pong']],
  ['a port that was sent', 'thread', ['pong']],
  ['in one turn', 'thread', ['pong', 'pong', 'pong']],
  ['while something else keeps it alive', 'thread', ['pong']],
  ['the last of two channels', 'thread', ['pong pong', 'pong'], 'channels'],
  ['one of two channels', 'thread', ['pong'], 'channels'],
  ['a handler runs', 'thread', ['pong']],
  ['back while it works', 'thread', ['pong', 'pong'], 'works'],
  ['thread', 'thread', ['pong'], 'event'],
  ['in one turn', 'thread', ['pong', 'pong', 'pong'], 'event'],
  ['thread', 'thread', ['pong'], 'event', 'transport'],
]

for (const [scenario, script, printed, ...args] of ends)
  test(`C54: after the last goodbye the process ends: ${[scenario, ...args].join(', ')}`, async () => {
    expect(await run(scenario, script, ...args)).toEqual(printed)
  })

// Deno does not tell who listens to a port or stdin, so only a child process is let go there.
const engines = [
  ['Bun', [findEngine('bun')], ['thread', 'core thread', 'child', 'stdio', 'port', 'in one turn']],
  ['Deno', [findEngine('deno'), 'run', '-A'], ['child']],
] as const

const inEngines = engines.flatMap(([name, program, scenarios]) =>
  ends
    .filter(([scenario]) => (scenarios as readonly string[]).includes(scenario))
    .map(([scenario, script, printed]) => ({ name, program, scenario, script, printed })),
)
for (const { name, program, scenario, script, printed } of inEngines)
  test(`C54: after the last goodbye the process ends in ${name}: ${scenario}`, async () => {
    expect(await runIn(program, scenario, script)).toEqual(printed)
  })

for (const [why, ...args] of [
  ['says parentPort.ref()', 'ref'],
  ['has a listener of its own', 'listener'],
  ['listens to events', 'event', 'on'],
] as const)
  test(`C54: a thread that ${why} outlives its last caller`, async () => {
    expect(await run('kept', 'thread', ...args)).toEqual(['pong', 'alive'])
  })

test('C54: after destroy() the port is as it was found', async () => {
  const { port1, port2 } = new MessageChannel()
  const own = Object.getOwnPropertyNames(port1)
  const takeBack = expose({ ping: () => 'pong' }, port1)
  using there = wrap<{ ping(): string }>(port2)
  expect(await there.ping()).toBe('pong')
  wrap(port1)[Symbol.dispose]()
  expect(Object.getOwnPropertyNames(port1)).toEqual(own)
  takeBack()
})
