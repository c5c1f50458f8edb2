const { expose, proxy } = require('portcall')

class Counter {
  value = 0
  add(by) {
    return (this.value += by)
  }
}

expose({
  add: (a, b) => a + b,
  counter: () => proxy(new Counter()),
  async *count(to) {
    for (let i = 1; i <= to; i++) yield i
  },
  async index(files, onProgress, options) {
    for (let i = 0; i < files.length && !options.signal.aborted; i++) onProgress(i + 1)
  },
  fail() {
    throw new RangeError('too far')
  },
  never: () => new Promise(() => {}),
})
