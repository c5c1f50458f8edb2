/** The contract and the core in workerd, which Cloudflare's Workers run in. */
import { writeFileSync } from 'node:fs'
import { versionOf } from '../../scripts/engines.mjs'
import { bundleInto } from './bundling.ts'
import { type Deviation, report, reportMissing, reportVersion } from './reporting.ts'
import { fatal, runProgram } from './running.ts'
import { pathOf } from './servers.ts'
import { channel, core, memory } from './suites.ts'

const harness = 'test/engines/inside/workerd.ts'
const noTransfer =
  'a MessagePort of workerd transfers nothing, and refuses even an empty wish with words of its own'
const inMicrotasks = 'workerd delivers messages of a port before the next task'

const deviations: Deviation[] = [
  {
    at: /^a linked pair in memory in .* › (S41: a buffer beside|a MessagePort in a value)/,
    because: 'structured clone of workerd transfers no MessagePort',
  },
  { at: /^a MessageChannel .* › transfer, which the medium cannot ›/, because: noTransfer },
  {
    at: /^a MessageChannel .* › a call that is aborted before the other side is there/,
    because: inMicrotasks,
  },
  { at: /^a MessageChannel .* › S43, S48: each of 10 pending calls rejects/, because: inMicrotasks },
  { at: /^a MessageChannel .* › S49: destroy rejects what (is pending|waits)/, because: inMicrotasks },
  { at: /› attack › (S09: a port that is none|S48: a channel hears)/, because: noTransfer },
  { at: /› held › a MessagePort is moved before the hello/, because: noTransfer },
  { at: /› details › with stacks on both sides/, because: 'of a bundle the stack names other files' },
  { at: /› misuse › a BroadcastChannel is refused/, because: 'workerd has no BroadcastChannel' },
  { at: /› misuse › params may be undefined/, because: 'workerd makes no second realm' },
  {
    at: /› unsendable › S37: params for a plain peer that hold a stream/,
    because: 'structured clone of workerd transfers no stream',
  },
  { at: /› unsendable › .* a WebAssembly.Module/, because: 'workerd compiles no WebAssembly at run time' },
]

// A worker has no socket of its own to listen on: `workerd test` runs it once.
const config = (orders: object): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .main)]);
const main :Workerd.Worker = (
  modules = [(name = "main", esModule = embed "${harness}")],
  bindings = [(name = "orders", json = ${JSON.stringify(JSON.stringify(orders))})],
  compatibilityDate = "2026-11-01",
);`

async function run(path: string): Promise<void> {
  const tests = [memory, channel, 'test/engines/inside/socket-pair.contract.ts', ...core]
  const folder = await bundleInto([harness], { platform: 'browser', tests })
  try {
    const file = folder.path('config.capnp')
    writeFileSync(file, config({ skip: fatal(deviations) }))
    report('workerd', await runProgram(path, ['test', file]), deviations)
  } finally {
    folder.remove()
  }
  reportVersion('workerd', versionOf(path))
}

const path = pathOf('workerd')
if (path) await run(path)
else reportMissing('workerd')
