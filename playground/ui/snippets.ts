import { codeElement } from './code.ts'
import { h } from './dom.ts'

const snippets = [
  [
    'worker.ts',
    `import { expose } from 'portcall'

export const api = {
  add: (a: number, b: number) => a + b,
}
expose(api)`,
  ],
  [
    'main.ts',
    `import { wrap } from 'portcall'
import type { api } from './worker'

const worker = wrap<typeof api>(
  new Worker(
    new URL('./worker.ts', import.meta.url),
    { type: 'module' },
  ),
)

await worker.add(1, 2) // 3`,
  ],
] as const

/** Both sides of the smallest program. */
export const snippetElements = (): HTMLElement[] =>
  snippets.map(([file, text]) => h('figure', {}, h('figcaption', {}, file), h('pre', {}, codeElement(text))))
