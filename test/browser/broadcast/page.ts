/** Another page on the bus whose name stands in its address. */
import '../silent.ts'
import { broadcastBus } from '../../../src/entries/broadcast.ts'

const noted: unknown[] = []
const bus = broadcastBus(new URLSearchParams(location.search).get('name') ?? '', {
  name: 'the frame',
  methods: {
    who: () => 'the frame',
    note: (entry: unknown) => noted.push(entry),
    noted: () => noted,
    hang: () => new Promise(() => {}),
  },
})
Object.assign(window, { page: { bus } })
