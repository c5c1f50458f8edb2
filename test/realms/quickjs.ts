/** QuickJS, the engine that Figma runs plugins in: a fresh realm with nothing but the language, and what is given to it. */
import {
  newQuickJSWASMModuleFromVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSSyncVariant,
} from 'quickjs-emscripten-core'

/** Values as what QuickJS and this realm both read: text, with bytes and dates marked. */
const PACK = `(value) => JSON.stringify(value, function (key, item) {
  const given = this[key]
  if (given === undefined) return { $: 'undefined' }
  if (given instanceof Date) return { $: 'Date', of: given.getTime() }
  if (given instanceof Uint8Array) return { $: 'Uint8Array', of: Array.from(given) }
  if (typeof given === 'function' || typeof given === 'symbol') throw new TypeError('It cannot be cloned')
  return item
})`

const UNPACK = `(text) => {
  const back = (item) => {
    if (typeof item !== 'object' || item === null) return item
    if (item.$ === 'undefined') return undefined
    if (item.$ === 'Date') return new Date(item.of)
    if (item.$ === 'Uint8Array') return new Uint8Array(item.of)
    for (const key of Object.keys(item)) item[key] = back(item[key])
    return item
  }
  return back(JSON.parse(text))
}`

// oxlint-disable-next-line no-eval -- the same code runs in both realms
const here = (code: string): ((value: unknown) => unknown) => (0, eval)(code) as never
const pack = here(PACK) as (value: unknown) => string
const unpack = here(UNPACK)

const loading = newQuickJSWASMModuleFromVariant(
  import('@jitl/quickjs-wasmfile-release-sync') as unknown as Promise<QuickJSSyncVariant>,
)

export interface QuickJSPlugin {
  /** What the main thread posts to its UI. */
  onpost: (message: unknown) => void
  /** Hand a message to what listens to `figma.ui` there. */
  readonly hear: (message: unknown) => void
  readonly run: (script: string) => void
  readonly dispose: () => void
}

/**
 * @param timers whether it has `setTimeout`, as Figma gives it, and nothing else.
 * @param events whether `figma.ui` has `on` and `off`; it has `onmessage` anyway.
 */
export async function quickJSPlugin({ timers = true, events = true } = {}): Promise<QuickJSPlugin> {
  const quickJS = await loading
  const vm: QuickJSContext = quickJS.newContext()
  const running = new Set<ReturnType<typeof setTimeout>>()
  let isOver = false

  const give = (
    at: QuickJSHandle,
    name: string,
    call: (...args: QuickJSHandle[]) => QuickJSHandle | void,
  ): void => vm.newFunction(name, call).consume((made) => vm.setProp(at, name, made))

  const jobs = (): void => {
    const done = vm.runtime.executePendingJobs()
    if (done.error) throw new Error(JSON.stringify(done.error.consume((error) => vm.dump(error) as unknown)))
  }

  const run = (script: string): void => {
    vm.unwrapResult(vm.evalCode(script)).dispose()
    jobs()
  }

  const plugin: QuickJSPlugin = {
    onpost: () => {},
    run,
    hear: (message) => {
      if (!isOver) run(`heard(${JSON.stringify(pack(message))})`)
    },
    dispose: () => {
      isOver = true
      for (const timer of running) clearTimeout(timer)
      // Handles of its own timers go with it.
      vm.dispose()
    },
  }

  give(vm.global, 'post', (text) => {
    const message = unpack(vm.getString(text) as never)
    setImmediate(() => plugin.onpost(message))
  })
  if (timers)
    give(vm.global, 'startTimer', (id, ms) => {
      const [number, delay] = [vm.getNumber(id), vm.getNumber(ms)]
      const timer = setTimeout(() => {
        running.delete(timer)
        if (!isOver) run(`ring(${number})`)
      }, delay)
      running.add(timer)
    })
  run(`(() => {
    const { post, startTimer } = globalThis
    const pack = ${PACK}
    const unpack = ${UNPACK}
    const handlers = new Set()
    const ui = { onmessage: undefined, postMessage: (message) => post(pack(message)) }
    if (${events}) Object.assign(ui, { on: (_, handler) => handlers.add(handler), off: (_, handler) => handlers.delete(handler) })
    globalThis.figma = { ui }
    delete globalThis.post
    delete globalThis.startTimer
    globalThis.heard = (text) => {
      const message = unpack(text)
      for (const handler of [ui.onmessage, ...handlers]) handler?.(message, { origin: 'null' })
    }
    if (!${timers}) return
    const steps = new Map()
    let last = 0
    globalThis.setTimeout = (step, ms) => {
      steps.set(++last, step)
      startTimer(last, ms ?? 0)
      return last
    }
    globalThis.ring = (id) => {
      steps.get(id)()
      steps.delete(id)
    }
  })()`)
  return plugin
}
