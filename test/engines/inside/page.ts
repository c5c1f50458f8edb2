/** In a page, whose address names some of the files. It posts outcomes to where it came from, and asks for the orders there. */
import { files } from './files.ts'
import { type Orders, type Outcome, runFiles } from './running.ts'

let waiting: Outcome[] = []
let posted = Promise.resolve()

const post = async (): Promise<void> => {
  const body = JSON.stringify(waiting)
  waiting = []
  if (body !== '[]') await fetch('/outcomes', { method: 'POST', body })
}

const tell = (outcome: Outcome): void => {
  waiting.push(outcome)
  // What gathers while the one before is under way leaves together.
  if (waiting.length === 1) posted = posted.then(post)
}

const names = new URLSearchParams(location.search).get('files')?.split(',') ?? []
const [file = ''] = names
const unhandled = (error: unknown): void => {
  const { message = String(error), stack = '' } = Object(error) as Partial<Error>
  tell({ file, path: ['no error is unhandled'], state: 'fail', error: `${message}\n${stack}` })
}
addEventListener('unhandledrejection', ({ reason }) => unhandled(reason))
addEventListener('error', ({ error, message }) => unhandled(error ?? message))

// What tests of the core have of Node, and WebKit has not.
if (names.some((name) => /^test\/(protocol|peer|features|api)\//.test(name))) {
  Object.defineProperty(Symbol, 'dispose', { value: Symbol.dispose ?? Symbol.for('Symbol.dispose') })
  // The real one, whatever is faked later.
  const { setTimeout: later } = globalThis
  Object.assign(globalThis, { setImmediate: (step: () => void) => later(step) })
}

const response = await fetch('/orders')
const wanted = Object.fromEntries(Object.entries(files).filter(([name]) => names.includes(name)))
await runFiles(wanted, tell, (await response.json()) as Orders)
tell({ file, path: ['it runs to its end'], state: 'pass' })
