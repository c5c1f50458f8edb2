importScripts('node_modules/portcall/dist/portcall.min.js')

portcall.expose({
  add: (a, b) => a + b,
  async *count(to) {
    for (let i = 1; i <= to; i++) yield i
  },
})
