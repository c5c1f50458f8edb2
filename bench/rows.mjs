/** The peers of short slices. */
const everyone = [
  'minimal',
  'portcall-core',
  'portcall-wrap',
  'portcall-invoke',
  'penpal',
  'comlink',
  'post-me',
  'birpc',
]

/**
 * What is measured. `unit` makes some calls and resolves to how many; as many units as fit are measured together.
 * `compare: 'time'` shows time against raw (lower is better), `'rate'` calls per second against raw (higher is better).
 * A `pinned` row runs on one processor: where two of them wait for each other in turn, ratios fall into one of two modes by
 * chance. `needs` names what a peer must be able to do, `among` which peers are measured: all, the best few of them, or a list;
 * a row without it is measured in short slices alone. `slices` lists the peers that are measured so.
 */
export const rows = [
  {
    name: 'sequential',
    title: 'one call after the other',
    compare: 'time',
    pinned: true,
    among: 'all',
    needs: ['call'],
    async unit({ call }) {
      for (let i = 0; i < 50; i++) await call(i, 'hello')
      return 50
    },
  },
  {
    name: 'sequential-object',
    title: 'one call after the other: { a, b }',
    short: '{ a, b }',
    compare: 'time',
    pinned: true,
    slices: everyone,
    needs: ['call'],
    async unit({ call }) {
      for (let i = 0; i < 20; i++) await call({ a: i, b: 'hello' })
      return 20
    },
  },
  {
    name: 'stacks',
    title: 'one call after the other, with errors that have stacks and without',
    compare: 'time',
    pinned: true,
    among: ['raw', 'portcall-wrap', 'portcall-message'],
    needs: ['call'],
    async unit({ call }) {
      const deeper = async (i) => await call(i, 'hello')
      for (let i = 0; i < 50; i++) await deeper(i)
      return 50
    },
  },
  burst('burst-1000', 1_000, 'all', '(number, string)', (call, i) => call(i, 'hello')),
  burst('burst-10000', 10_000, 'few', '(number, string)', (call, i) => call(i, 'hello')),
  {
    ...burst('burst-object', 1_000, 'few', "{ a: i, b: 'hello' }", (call, i) => call({ a: i, b: 'hello' })),
    short: '1,000 at once',
    slices: everyone,
  },
  {
    ...burst('burst-map', 1_000, 'few', 'a Map', (call, i) => call(new Map([[i, i]]))),
    short: '1,000 Maps at once',
    slices: ['minimal', 'portcall-wrap', 'penpal', 'comlink', 'birpc'],
  },
  {
    ...burst(
      'burst-bytes',
      1_000,
      ['raw', 'portcall-wrap', 'comlink', 'penpal'],
      'bytes, which may not wait',
      (call, i) => call(new Uint8Array([i])),
    ),
    short: '1,000 bytes at once',
    slices: ['minimal', 'portcall-wrap', 'penpal', 'comlink'],
  },
  {
    name: 'notifications',
    title: '1,000 notifications, then one call',
    short: '1,000 notifications',
    compare: 'rate',
    among: 'few',
    slices: ['minimal', 'portcall-core', 'portcall-wrap', 'portcall-invoke', 'post-me', 'birpc'],
    needs: ['note', 'noted'],
    async unit({ note, noted }) {
      const sent = []
      for (let i = 0; i < 1_000; i++) sent.push(note(i, 'hello'))
      const count = await noted()
      await Promise.all(sent)
      if (count !== 1_000)
        throw new Error(`${count} of 1,000 notifications came before the call that followed`)
      return 1_000
    },
  },
  {
    ...heavy('object-1kB', 'a 1 kB object: the cost of looking at it', 20, () => objectOf(1)),
    short: '1 kB',
    slices: ['minimal', 'portcall-core', 'portcall-wrap', 'penpal', 'comlink'],
  },
  {
    ...heavy('object-100kB', 'a 100 kB object: the cost of looking at it', 1, () => objectOf(100)),
    short: '100 kB',
    slices: ['minimal', 'portcall-core', 'portcall-wrap', 'penpal', 'comlink'],
  },
  heavy('buffer-cloned', 'a 10 MB buffer, cloned', 1, () => new ArrayBuffer(10_000_000)),
  {
    name: 'buffer-transferred',
    title: 'a 10 MB buffer, transferred there and back',
    short: '10 MB transferred',
    compare: 'time',
    pinned: true,
    among: 'few',
    slices: ['minimal', 'portcall-wrap', 'penpal', 'comlink', 'post-me'],
    needs: ['bounce'],
    prepare: () => ({ buffer: new ArrayBuffer(10_000_000) }),
    async unit({ bounce }, state) {
      for (let i = 0; i < 10; i++) state.buffer = await bounce(state.buffer)
      if (state.buffer.byteLength !== 10_000_000) throw new Error('the buffer came back with another size')
      return 10
    },
  },
  {
    name: 'callback',
    title: 'a callback called 10,000 times, each time waited for',
    compare: 'time',
    pinned: true,
    among: ['raw', 'portcall-wrap', 'comlink'],
    needs: ['repeat'],
    longest: true,
    async unit({ repeat }) {
      let count = 0
      await repeat(() => {
        count++
      }, 10_000)
      if (count !== 10_000) throw new Error(`the callback was called ${count} times, not 10,000`)
      return count
    },
  },
  {
    name: 'stream',
    title: 'items of an async generator, against batches with credit by hand',
    compare: 'rate',
    per: 'item',
    among: ['raw', 'portcall-wrap', 'osra'],
    needs: ['count'],
    longest: true,
    prepare: ({ items }, { streamShare = 1 }) => items * streamShare,
    async unit({ count }, items) {
      const all = await count(items)
      if (all !== (items * (items - 1)) / 2) throw new Error('items of the stream were lost')
      return items
    },
  },
]

export const rowOf = (name) => rows.find((row) => row.name === name)

function burst(name, calls, among, what, start) {
  return {
    name,
    title: `${calls.toLocaleString('en')} calls at once: ${what}`,
    compare: 'rate',
    among,
    needs: ['call'],
    async unit({ call }) {
      const answers = []
      for (let i = 0; i < calls; i++) answers.push(start(call, i))
      await Promise.all(answers)
      return calls
    },
  }
}

function heavy(name, title, times, prepare) {
  return {
    name,
    title: `one call after the other with ${title}`,
    compare: 'time',
    pinned: true,
    among: 'few',
    needs: ['take'],
    prepare: () => prepare(),
    async unit({ take }, value) {
      for (let i = 0; i < times; i++) await take(value)
      return times
    },
  }
}

/** Records as applications have them, about 1 kB each as JSON. */
function objectOf(kB) {
  const records = Array.from({ length: kB }, (_, id) => ({
    id,
    name: `Customer ${id}`,
    active: id % 2 === 0,
    score: id / 7,
    tags: ['alpha', 'beta', 'gamma', 'delta'],
    address: { street: '12 Long Street', city: 'Springfield', zip: '12345', geo: { lat: 48.2, lon: 16.37 } },
    notes: 'Lorem ipsum dolor sit amet, consetetur sadipscing elitr, sed diam nonumy. '.repeat(4),
    orders: Array.from({ length: 8 }, (__, order) => ({ order, price: order * 9.99, paid: true })),
  }))
  return kB === 1 ? records[0] : { records }
}
