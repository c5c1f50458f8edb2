import { messenger } from './messenger.mjs'

const BATCH = 256
const CREDIT = 1_024

/** What one writes by hand: an id, a map of resolvers, one post per call. Everything else is measured against it. */
export const raw = {
  name: 'raw',
  title: 'raw postMessage',
  over: { thread: 'endpoint', worker: 'endpoint', window: 'endpoint' },

  serve(link, api) {
    const { post, listen } = messenger(link)
    const credits = new Map()
    listen((message) => {
      const { id, args } = message
      if (args !== undefined) post({ id, result: args[0] })
      else if ('take' in message) post({ id, result: 0 })
      else if ('note' in message) api.note()
      else if ('noted' in message) post({ id, result: api.noted() })
      else if ('bounce' in message) post({ id, result: message.bounce }, [message.bounce])
      else if ('count' in message) void stream(id, message.count)
      else if ('repeat' in message) void repeat(id, message.repeat)
      else if ('more' in message) credits.get(id)?.(message.more)
    })

    /** Each item is a call of a callback, and is waited for. */
    async function repeat(id, times) {
      for (let i = 0; i < times; i++) {
        post({ id, items: [i] })
        await new Promise((resolve) => credits.set(id, resolve))
      }
      credits.delete(id)
      post({ id, items: [], isLast: true })
    }

    /** Items in batches; never more under way than was asked for. */
    async function stream(id, count) {
      let credit = CREDIT
      let wake
      credits.set(id, (more) => {
        credit += more
        wake?.()
      })
      let items = []
      for await (const item of api.numbers(count)) {
        items.push(item)
        if (items.length < BATCH) continue
        post({ id, items })
        credit -= items.length
        items = []
        while (credit < BATCH) await new Promise((resolve) => (wake = resolve))
      }
      credits.delete(id)
      post({ id, items, isLast: true })
    }
  },

  connect(link) {
    const { post, listen } = messenger(link)
    const waiting = new Map()
    let lastId = 0
    listen((message) => {
      const { id } = message
      const resolve = waiting.get(id)
      if ('items' in message) return resolve(message)
      waiting.delete(id)
      resolve(message.result)
    })
    const ask = (what, value, transfer) =>
      new Promise((resolve) => {
        const id = ++lastId
        waiting.set(id, resolve)
        post({ id, [what]: value }, transfer)
      })
    return {
      call: (...args) =>
        new Promise((resolve) => {
          const id = ++lastId
          waiting.set(id, resolve)
          post({ id, args })
        }),
      take: (value) =>
        new Promise((resolve) => {
          const id = ++lastId
          waiting.set(id, resolve)
          post({ id, take: value })
        }),
      note: (...args) => post({ note: args }),
      noted: () => ask('noted', true),
      repeat: (callback, times) =>
        new Promise((resolve) => {
          const id = ++lastId
          waiting.set(id, ({ items, isLast }) => {
            if (!isLast) {
              callback(items[0])
              return post({ id, more: 1 })
            }
            waiting.delete(id)
            resolve()
          })
          post({ id, repeat: times })
        }),
      bounce: (buffer) => ask('bounce', buffer, [buffer]),
      count: (n) =>
        new Promise((resolve) => {
          const id = ++lastId
          let all = 0
          waiting.set(id, ({ items, isLast }) => {
            for (const item of items) all += item
            if (!isLast) return post({ id, more: items.length })
            waiting.delete(id)
            resolve(all)
          })
          post({ id, count: n })
        }),
    }
  },
}
