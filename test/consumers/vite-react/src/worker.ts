import { expose, proxy } from 'portcall'

class Counter {
  value = 0
  add(by: number) {
    return (this.value += by)
  }
}

export const api = {
  add: (a: number, b: number) => a + b,
  counter: () => proxy(new Counter()),
  async *count(to: number) {
    for (let i = 1; i <= to; i++) yield i
  },
  async index(files: string[], onProgress: (done: number) => void, options: { signal: AbortSignal }) {
    for (let i = 0; i < files.length && !options.signal.aborted; i++) onProgress(i + 1)
  },
  fail(): void {
    throw new RangeError('too far')
  },
}
expose(api)
