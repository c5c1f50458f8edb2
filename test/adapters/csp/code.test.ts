/** The built package in a process that can make no code of text and no random numbers but those of crypto. */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { freshDist, root } from '../../package/dist.ts'

const run = promisify(execFile)

beforeAll(freshDist, 70_000)

/** Ways to code, markup and chance that a word list of `eval`, `Function` and `Math.random` does not find. */
const banned: readonly [string, RegExp][] = [
  [
    'a way to a constructor of functions',
    /\.\s*constructor\s*(\?\.)?[([.]|\b(Async|Generator|AsyncGenerator)Function\b/,
  ],
  [
    'a script that is made or imported by text',
    /\bimportScripts\b|\bcreateElement\b|\bcreateObjectURL\b|\bsrcdoc\b|javascript:/,
  ],
  ['a policy of trusted types', /\btrustedTypes\b/],
  ['an import of something that is not a literal', /\bimport\s*\(\s*[^'"\s]/],
]

const code = (text: string): string => text.replace(/\/\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')

test.for(banned)('S14, S62: dist has no %s', ([, pattern]) => {
  const dist = join(root, 'dist')
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  )
  expect(files.length).toBeGreaterThan(50)
  expect(files.filter((name) => pattern.test(code(readFileSync(join(dist, name), 'utf8'))))).toEqual([])
})

test('S14, S62: a session with values of all kinds makes no code of text and asks for no chance but that of crypto', async () => {
  const source = `
    import { MessageChannel } from 'node:worker_threads'
    import { expose, proxy, rpcOf, wrap } from './dist/index.js'
    const refused = []
    for (const make of [() => new Function('return 1'), () => (0, eval)('1')]) try { make() } catch ({ name }) { refused.push(name) }
    Math.random = () => { throw new Error('Math.random was called') }
    const { port1, port2 } = new MessageChannel()
    expose({
      add: (a, b) => a + b,
      async *count(to) { for (let i = 1; i <= to; i++) yield i },
      counter: () => { let n = 0; return proxy({ up: () => ++n }) },
      call: (f) => f(1),
      fail() { throw new RangeError('x') },
    }, port2)
    const remote = wrap(port1)
    const counted = []
    for await (const n of await remote.count(3)) counted.push(n)
    const results = [
      refused, await remote.add(1, 2), counted, await (await remote.counter()).up(),
      await remote.call((n) => n + 1), await remote.fail().catch(({ name }) => name),
    ]
    rpcOf(remote).destroy()
    port1.close()
    process.stdout.write(JSON.stringify(results))
  `
  const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', source]
  const { stdout } = await run(process.execPath, flags, { cwd: root, timeout: 60_000 })
  expect(JSON.parse(stdout)).toEqual([['EvalError', 'EvalError'], 3, [1, 2, 3], 1, 2, 'RangeError'])
})
