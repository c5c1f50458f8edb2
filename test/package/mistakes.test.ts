/**
 * What the compilers say about likely mistakes. The texts are kept in `mistakes/`, a file for each compiler; after a change that is
 * meant, `npx vitest run test/package/mistakes.test.ts -u` writes them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compilers, type Consumer, createConsumer, manifestOf } from './consumer.ts'

interface Mistake {
  readonly code: string
  /** What the first line says to do. None where the text is the compiler's own. */
  readonly says?: RegExp
}

/** The most likely ones. */
const mistakes: readonly Mistake[] = [
  { code: 'wrap<Api>(window)', says: /windowTransport\(window, \{ origin \}\)/ },
  { code: 'wrap<Api>(iframe)', says: /windowTransport\(window, \{ origin \}\)/ },
  { code: 'wrap<Api>(socket)', says: /websocketTransport\(socket\)/ },
  { code: 'new RPC({ transport: iframe.contentWindow! })', says: /windowTransport\(window, \{ origin \}\)/ },
  { code: 'expose({ x: 5 })', says: /functions by name: expose\(\{ add: \(a, b\) => a \+ b \}\)/ },
  { code: 'expose(null)', says: /functions by name: expose\(\{ add: \(a, b\) => a \+ b \}\)/ },
  { code: 'withOptions(remote, { timout: 5 })', says: /Did you mean to write 'timeout'\?/ },
  {
    code: "void rpc.invoke('add', [1, 2], { notify: true })",
    says: /Did you mean to write 'isNotify'\?/,
  },
  { code: "void rpc.invoke('add', 1, 2)", says: /an array \[value, …\] or an object \{ name: value \}/ },
  { code: 'void remote.filter([1], (n: number) => n > 1)', says: /CallbackMustReturnPromise/ },
  { code: "void remote.phone.call('1')", says: /rpc\.invoke\('phone\.call', \[value, …\]\)/ },
]

/** Where the text is the compiler's own. */
const others: readonly Mistake[] = [
  { code: 'export const sum: number = remote.add(1, 2)' },
  { code: 'void remote.version' },
  { code: "void remote.add('1', 2)" },
  { code: 'remote.add = async () => 3' },
  { code: 'for (const n of remote.count(3)) void n' },
  { code: "rpc.registerMethod('x', 5)" },
  { code: 'void transfer(new ArrayBuffer(1))' },
]

const before = `
import { expose, RPC, transfer, type Transport, withOptions, wrap } from 'portcall'
interface Api {
  readonly version: string
  add(a: number, b: number): number
  filter(list: number[], keep: (n: number) => boolean): number[]
  count(to: number): AsyncGenerator<number>
  readonly phone: { call(number: string): void }
}
declare const iframe: HTMLIFrameElement
declare const socket: WebSocket
declare const transport: Transport
declare const rpc: RPC
const remote = wrap<Api>(transport)
`

const all = [...mistakes, ...others]
const firstLine = before.split('\n').length

let consumer: Consumer

beforeAll(async () => {
  consumer = await createConsumer()
  consumer.write('mistakes.ts', `${before}${all.map(({ code }) => `${code}\n`).join('')}`)
}, 80_000)

afterAll(() => consumer.remove())

/** The text of each mistake, by its line, and what is said of other lines. */
function textsOf(said: string): readonly [texts: readonly string[], elsewhere: string] {
  const texts = all.map(() => '')
  let elsewhere = ''
  for (const [whole, line, text = ''] of said.matchAll(/^.*\((\d+),\d+\): (.*(?:\n +.*)*)/gm)) {
    const i = Number(line) - firstLine
    if (i in texts) texts[i] += `${text}\n`
    else elsewhere += `${whole}\n`
  }
  return [texts, elsewhere]
}

for (const compiler of compilers) {
  const version = manifestOf(`node_modules/${compiler}`).version.split('.', 2).join('.')
  describe(`with TypeScript ${version}`, () => {
    let texts: readonly string[] = []
    let elsewhere = ''

    beforeAll(async () => {
      const said = await consumer.complaints(compiler, ['mistakes.ts'], { lib: ['es2023', 'dom'] })
      ;[texts, elsewhere] = textsOf(said)
    }, 60_000)

    test('C34: the texts of likely mistakes are the known ones', async () => {
      const known = all.map(({ code }, i) => `${code}\n${texts[i]}`).join('\n')
      await expect(known).toMatchFileSnapshot(`./mistakes/${version}.txt`)
    })

    for (const [i, { code, says }] of mistakes.entries())
      test(`C34: the first line about \`${code}\` says what to do, and there are at most three`, () => {
        const lines = texts[i]?.trimEnd().split('\n') ?? []
        expect(lines[0]).toMatch(says as RegExp)
        expect(lines.length).toBeLessThanOrEqual(3)
      })

    test('every mistake is found, and nothing else', () => {
      expect(texts.filter((text) => !text)).toEqual([])
      expect(elsewhere).toBe('')
    })
  })
}
