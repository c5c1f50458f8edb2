/** The ES modules and the CommonJS form of the built package, loaded by one Node process. */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withoutLate } from '../late.ts'
import { entries } from './consumer.ts'
import { freshDist, root } from './dist.ts'

let folder = ''

beforeAll(async () => {
  await freshDist()
  folder = mkdtempSync(join(tmpdir(), 'portcall-forms-'))
  const installed = join(folder, 'node_modules/portcall')
  mkdirSync(installed, { recursive: true })
  for (const name of ['package.json', 'dist'])
    cpSync(join(root, name), join(installed, name), { recursive: true })
  writeFileSync(join(folder, 'check.mjs'), check)
}, 70_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Node does not know `module-sync` then, as Jest and others do not: `require` gives the CommonJS form. */
const TWO_FORMS = '--no-experimental-require-module'

async function run(file: string, source: string, flags: readonly string[] = [TWO_FORMS]): Promise<string> {
  writeFileSync(join(folder, file), source)
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, join(folder, file)], {
    timeout: 45_000,
  })
  expect(withoutLate(stderr)).toBe('')
  return stdout.trim()
}

/** Passes what one form made through a connection of the other. */
const check = `
import assert from 'node:assert/strict'
class Counter { value = 0; increment() { return ++this.value } }
export const api = (maker) => ({
  size: (buffer) => buffer.byteLength,
  increment: (counter) => counter.increment(),
  counter: () => maker.proxy(new Counter(), { writable: ['value'] }),
  twice: async (fn) => (await fn(1)) + (await fn(2)),
  echo: (value) => value,
  double: (n) => n * 2,
  buffer: () => { const buffer = new ArrayBuffer(8); return maker.transfer(buffer, [buffer]) },
  fail: () => { throw new maker.RPCError(7, 'seven', { data: { seven: 7 } }) },
  odd: () => { throw new RangeError('odd') },
  aborted: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(true))),
  async *count(to) { for (let i = 1; i <= to; i++) yield i },
})
/** \`remote\` is of the form \`own\`; \`other\` makes what is passed. */
export async function passAll(remote, own, other, theirs) {
  const buffer = new ArrayBuffer(4)
  assert.equal(await remote.size(other.transfer(buffer, [buffer])), 4)
  assert.equal(buffer.byteLength, 0)
  assert.equal((await remote.buffer()).byteLength, 8)
  const counter = other.proxy(new Counter())
  assert.equal(await remote.increment(counter), 1)
  assert.equal(await remote.echo(counter), counter)
  assert.equal(own.proxy(counter), counter)
  const far = await remote.counter()
  await other.set(far, 'value', 5)
  assert.equal(await other.get(far, 'value'), 5)
  assert.equal(await remote.increment(far), 6)
  const handed = await theirs.counter()
  assert.equal(await remote.increment(handed), 1)
  assert.equal(await remote.twice(theirs.double), 6)
  assert.equal(await remote.echo(handed), handed)
  other.release(far)
  await assert.rejects(async () => own.get(far, 'value'))
  assert.equal(other.rpcOf(remote), own.rpcOf(remote))
  assert.equal(await other.withOptions(remote, { timeout: 5000 }).echo(1), 1)
  for (const form of [own, other])
    await assert.rejects(remote.fail(), (error) =>
      error instanceof form.RPCError && error.code === 7 && error.message === 'seven' && error.data.seven === 7)
  await assert.rejects(remote.odd(), RangeError)
  const stop = new AbortController()
  const aborted = remote.aborted(stop.signal)
  await remote.echo(0)
  stop.abort()
  assert.equal(await aborted, true)
  const counted = []
  for await (const n of remote.count(3)) counted.push(n)
  assert.deepEqual(counted, [1, 2, 3])
}
/** One form at each end of a channel, and what the other makes. */
export async function both(a, b) {
  for (const [own, other] of [[a, b], [b, a]]) {
    const ends = []
    const pair = (near, far, maker) => {
      const { port1, port2 } = new MessageChannel()
      far.expose(api(maker), port2)
      const remote = near.wrap(port1)
      ends.push(near.rpcOf(remote))
      return remote
    }
    for (const far of [own, other])
      for (const maker of [own, other]) await passAll(pair(own, far, maker), own, other, pair(other, far, far))
    for (const rpc of ends) rpc.destroy()
  }
}
`

const load = `
import { createRequire } from 'node:module'
import assert from 'node:assert/strict'
const require = createRequire(import.meta.url)
const esm = await import('portcall')
const cjs = require('portcall')
`

test('C64: without require of ES modules, `require` loads the CommonJS form, for every entry', async () => {
  const lines = entries.map((name) => `[Object.keys(require('${name}')).sort().join(), '${name}']`)
  const names = `
    const all = [${lines.join()}]
    Promise.all(all.map(async ([keys, name]) => [keys.length > 0 && keys === Object.keys(await import(name)).sort().join(), require.resolve(name)]))
      .then((found) => process.stdout.write(JSON.stringify(found)))`
  const found = JSON.parse(await run('every.cjs', names)) as [boolean, string][]
  expect(found.map(([same]) => same)).toEqual(entries.map(() => true))
  for (const [, file] of found) expect(file).toMatch(/[\\/]dist[\\/]cjs[\\/]/)
})

test('C64: with it, `require` and `import` load one and the same', async () => {
  const source = `${load}
    for (const name of ${JSON.stringify(entries)}) {
      assert.match(require.resolve(name), /dist[\\\\/](?!cjs)/)
      const [required, imported] = [require(name), await import(name)]
      for (const key of Object.keys(imported)) assert.equal(required[key], imported[key], key)
    }
    process.stdout.write('done')`
  expect(await run('one.mjs', source, [])).toBe('done')
})

test('C64, C41: both forms in one process take each other’s remotes, marks, proxies and errors', async () => {
  const source = `${load}
    import { both } from './check.mjs'
    assert.notEqual(esm.RPC, cjs.RPC)
    await both(esm, cjs)
    process.stdout.write('done')`
  expect(await run('both.mjs', source)).toBe('done')
})

test.each([
  ['esm', 'cjs'],
  ['cjs', 'esm'],
])(
  'C64, C41: %s in the main thread calls %s in a thread, which makes its values with either',
  async (near, far) => {
    const thread = `${load}
      import { parentPort } from 'node:worker_threads'
      import { api } from './check.mjs'
      ${far}.expose(api(${near}))`
    writeFileSync(join(folder, `thread-${far}.mjs`), thread)
    const source = `${load}
      import { Worker } from 'node:worker_threads'
      import { passAll, api } from './check.mjs'
      const { port1, port2 } = new MessageChannel()
      ${far}.expose(api(${far}), port2)
      const theirs = ${far}.wrap(port1)
      const worker = new Worker(new URL('./thread-${far}.mjs', import.meta.url), { execArgv: ['${TWO_FORMS}'] })
      const remote = ${near}.wrap(worker)
      await passAll(remote, ${near}, ${far}, theirs)
      ${near}.rpcOf(remote).destroy()
      ${far}.rpcOf(theirs).destroy()
      process.stdout.write('done')`
    // It ends by itself.
    expect(await run(`main-${near}.mjs`, source)).toBe('done')
  },
  30_000,
)

test('C64, C41: a second form on a taken endpoint throws, and finds it free after destroy()', async () => {
  const source = `${load}
    import { Worker } from 'node:worker_threads'
    const worker = new Worker('setInterval(() => {}, 1000)', { eval: true })
    const { port1 } = new MessageChannel()
    for (const endpoint of [port1, worker])
      for (const [first, second] of [[esm, cjs], [cjs, esm]]) {
        const rpc = first.rpcOf(first.wrap(endpoint))
        assert.throws(() => second.wrap(endpoint), /Another copy of portcall uses this endpoint/)
        assert.throws(() => second.expose({ add() {} }, endpoint), /load portcall once/)
        assert.throws(() => new second.RPC({ transport: endpoint }), TypeError)
        rpc.destroy()
        second.rpcOf(second.wrap(endpoint)).destroy()
      }
    await worker.terminate()
    port1.close()
    process.stdout.write('done')`
  expect(await run('taken.mjs', source)).toBe('done')
})
