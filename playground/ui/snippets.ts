import { codeElement } from './code.ts'
import { h } from './dom.ts'

const snippets = [
  [
    'worker.ts',
    `import { expose } from 'portcall'
export const api = { add: (a: number, b: number) => a + b }
expose(api)`,
  ],
  [
    'main.ts',
    `import { wrap } from 'portcall'
import type { api } from './worker'
const worker = wrap<typeof api>(new Worker(url, { type: 'module' }))
console.log(await worker.add(1, 2)) // 3`,
  ],
] as const

/** Both sides of the smallest program, and `live`: what it logs when it is run. */
export const exampleElement = (live: HTMLElement): HTMLElement =>
  h(
    'div',
    { class: 'example' },
    ...snippets.flatMap(([file, text]) => [h('p', { class: 'file' }, file), h('pre', {}, codeElement(text))]),
    live,
  )

/** What the page and the worker that hashes files write. */
export const hashingSetup = [
  `const worker = wrap<typeof api>(new Worker('hashing.js'))
const report = ({ bytes, total }) => (bar.value = bytes / total)
button.onclick = () => controller.abort()
const { signal } = controller

for await (const { name, hash } of worker.hash(files, report, signal))
  list.append(\`\${name}: \${hash}\`)`,
  `async *hash(files, report, signal) {
  try {
    for (const file of files) {
      for (…) { // each chunk
        signal.throwIfAborted()
        sha.update(chunk)
        await report({ bytes, total })
      }
      yield { name, hash: sha.hex(), bytes, ms }
    }
  } finally {
    await report({ bytes, total, ended: true })
  }
}`,
] as const
