// Two peers that are linked in memory, each message in a microtask of its own: what is left is the cost of the library.

/** A linked pair of transports that copies nothing. */
export function linked() {
  const make = () => ({
    policy: 'shared',
    trusted: true,
    listen(receiver) {
      this.receiver = receiver
    },
    close() {},
    post(message) {
      const { other } = this
      void Promise.resolve().then(() => other.receiver.message(message))
    },
  })
  const left = make()
  const right = make()
  left.other = right
  right.other = left
  return [left, right]
}

/** What is built, or the minimal peer beside this file. */
export const load = (entry) => import(entry === 'minimal' ? './minimal.mjs' : `../../../dist/${entry}.js`)

/** Sets of features, by what is imported of the package's core. */
const uses = {
  core: [],
  references: ['references', 'signals'],
  values: ['values'],
  frames: ['frames', 'batches', 'errorDetails'],
}

/** @returns a function that calls a method of the other side with a list of params. */
export async function connect(subject, load, [left, right] = linked()) {
  const methods = { echo: (value) => value }
  const use = uses[subject]
  const library = await load(subject === 'minimal' ? subject : use ? 'core' : 'index')
  if (subject === 'minimal') return library.minimal(left, right, methods)
  const make = (options) =>
    new library.RPC({ ...options, ...(use && { use: use.map((name) => library[name]) }) })
  make({ transport: left, methods })
  const rpc = make({ transport: right })
  await rpc.connect()
  return (method, params) => rpc.invoke(method, params)
}
