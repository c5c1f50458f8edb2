import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withoutLate } from '../late.ts'
import { entries } from './consumer.ts'
import { freshDist, root } from './dist.ts'

const run = promisify(execFile)

let consumer = ''

beforeAll(async () => {
  await freshDist()
  consumer = mkdtempSync(join(tmpdir(), 'portcall-dist-'))
  const installed = join(consumer, 'node_modules/portcall')
  mkdirSync(installed, { recursive: true })
  for (const name of ['package.json', 'dist'])
    cpSync(join(root, name), join(installed, name), { recursive: true })
}, 70_000)

afterAll(() => rmSync(consumer, { recursive: true, force: true }))

const isCommonJS = ({ name }: { name: string }): boolean => /^cjs[\\/]/.test(name)

const built = (): { name: string; text: string }[] =>
  readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => ({ name, text: readFileSync(join(root, 'dist', name), 'utf8') }))

const banned: readonly [string, RegExp][] = [
  ['eval', /\beval\b/],
  ['new Function', /\bFunction\s*\(/],
  ['Math.random', /\bMath\s*\.\s*random\b/],
  ['innerHTML', /\b(inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\s*\.\s*write\b/],
  ['a timer that takes text', /\bset(Timeout|Interval)\s*\(\s*['"`]/],
  ['console', /\bconsole\s*\./],
  ['the ambient Node globals', /\b(require|__dirname|__filename)\b/],
]

for (const [what, pattern] of banned)
  test(`S62, S14: dist has no ${what}`, () => {
    const files = built().filter((file) => !isCommonJS(file) || what !== 'the ambient Node globals')
    expect(files.length).toBeGreaterThan(5)
    // For realms that have no `crypto`.
    const isAllowed = (name: string): boolean =>
      what === 'Math.random' &&
      ['protocol/realm.js', 'cjs/protocol/realm.js', 'portcall.min.js'].includes(name)
    const found = files.filter(({ name, text }) => !isAllowed(name) && pattern.test(withoutComments(text)))
    expect(found.map(({ name }) => name)).toEqual([])
  })

const withoutComments = (text: string): string =>
  text.replace(/\/\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')

test('dist imports nothing but itself', () => {
  const imports = built().flatMap(({ text }) =>
    [
      ...withoutComments(text).matchAll(
        /^\s*(?:import|export)\b[^'"]*\bfrom\s*['"]([^'"]+)['"]|\b(?:import\s*\(?|require\()['"]([^'"]+)['"]/gm,
      ),
    ].map(([, from, dynamic]) => from ?? dynamic),
  )
  expect(imports.length).toBeGreaterThan(5)
  expect(imports.filter((name) => !name?.startsWith('.'))).toEqual([])
})

async function node(file: string, source: string): Promise<unknown> {
  writeFileSync(join(consumer, file), source)
  const { stdout, stderr } = await run(process.execPath, [join(consumer, file)], { timeout: 45_000 })
  expect(withoutLate(stderr)).toBe('')
  return JSON.parse(stdout)
}

test('require works from CommonJS, for every entry', async () => {
  const loads = entries.map((name) => `Object.keys(require('${name}')).length > 0`)
  expect(await node('all.cjs', `process.stdout.write(JSON.stringify([${loads.join()}]))`)).toEqual(
    entries.map(() => true),
  )
})

test('what CommonJS requires is what ES modules import, and it works', async () => {
  const source = `
    const { RPC, wrap } = require('portcall')
    const { linkedPair } = require('portcall/testing')
    const { left, right } = linkedPair()
    new RPC({ transport: right, methods: { add: (a, b) => a + b } })
    Promise.all([wrap(left).add(1, 2), import('portcall')]).then(([sum, module]) =>
      process.stdout.write(JSON.stringify([sum, module.RPC === RPC])))
  `
  expect(await node('works.cjs', source)).toEqual([3, true])
})

test('loading an entry has no effect: it adds no global, changes no intrinsic and keeps no process alive', async () => {
  const source = `
    const describe = () => JSON.stringify([globalThis, Object.prototype, Array.prototype, Promise.prototype, Error]
      .map((object) => Reflect.ownKeys(object).map(String)))
    const before = describe()
    await Promise.all(${JSON.stringify(entries)}.map((name) => import(name)))
    process.stdout.write(JSON.stringify(describe() === before))
  `
  expect(await node('effects.mjs', source)).toBe(true)
})
