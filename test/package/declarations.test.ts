import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examplesOn } from '../docs/fences.ts'
import { compilers, type Consumer, createConsumer, entries, manifestOf } from './consumer.ts'

const shared = ['remote', 'callbacks', 'api', 'any', 'cases', 'styled']

const hosts: readonly { name: string; lib: string[]; types?: string[]; cases: string[] }[] = [
  { name: 'es2023 alone', lib: ['es2023'], cases: [...shared, 'bare'] },
  { name: 'dom', lib: ['es2023', 'dom'], cases: [...shared, 'page', 'foreign'] },
  { name: 'dom and Symbol.dispose', lib: ['es2023', 'dom', 'esnext.disposable'], cases: [...shared, 'host'] },
  { name: 'webworker', lib: ['es2023', 'webworker'], cases: shared },
  { name: '@types/node', lib: ['es2023'], types: ['node'], cases: [...shared, 'host'] },
]

/** What is left where the types of the host know neither AbortSignal nor Symbol.dispose. */
const bare = `
import { callContext, type DisposableLike, type SignalLike } from 'portcall'
import { expectTypeOf } from 'vitest'
expectTypeOf(callContext().signal).toEqualTypeOf<SignalLike>()
expectTypeOf<keyof DisposableLike>().toEqualTypeOf<never>()
`

let consumer: Consumer

beforeAll(async () => {
  consumer = await createConsumer()
  const lines = entries.map((name, i) => `import * as e${i} from '${name}'\nexport { e${i} }\n`)
  consumer.write('entries.ts', lines.join(''))
  consumer.copy('vitest', 'test/package/expect-type-of.ts')
  consumer.write('bare.ts', bare)
  const [page, foreign] = examplesOn('docs/types.md', 'node').map(({ files }) => files.get('main.ts'))
  consumer.write('page.ts', page ?? '')
  consumer.write('foreign.ts', foreign ?? '')
  for (const name of [...shared, 'host']) consumer.copy(name, `test/types/${name}.test-d.ts`)
}, 80_000)

afterAll(() => consumer.remove())

for (const compiler of compilers)
  describe(`with TypeScript ${manifestOf(`node_modules/${compiler}`).version}`, () => {
    for (const { name, lib, types = [], cases } of hosts) {
      test(`every entry compiles under ${name}, without skipLibCheck`, async () => {
        expect(await consumer.complaints(compiler, ['entries.ts'], { lib, types })).toBe('')
      }, 60_000)

      test(`the types of remotes are as they should be under ${name}`, async () => {
        const files = cases.map((file) => `${file}.ts`)
        expect(await consumer.complaints(compiler, files, { lib, types })).toBe('')
      }, 60_000)
    }

    test('C64: every entry compiles under es2018 and dom, without skipLibCheck', async () => {
      expect(await consumer.complaints(compiler, ['entries.ts'], { lib: ['es2018', 'dom'] })).toBe('')
    }, 60_000)

    test('a mistake in a consumer is found, so that these tests can fail', async () => {
      consumer.write(
        'mistake.ts',
        "import { wrap } from 'portcall'\nimport { expectTypeOf } from 'vitest'\nexport const x: number = wrap\nexpectTypeOf<string>().toEqualTypeOf<number>()\n",
      )
      const said = await consumer.complaints(compiler, ['mistake.ts'], { lib: ['es2023'] })
      expect(said.match(/error TS/g)).toHaveLength(2)
    }, 60_000)
  })
