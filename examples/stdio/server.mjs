import { expose, wrap } from 'portcall'
import { stdioTransport } from 'portcall/stdio'

const transport = stdioTransport({ readable: process.stdin, writable: process.stdout })
const parent = wrap(transport)

// Nothing but messages may go to stdout.
console.error('the server has started')

expose(
  {
    /** @param {number} a @param {number} b */
    add: (a, b) => a + b,

    greet: async () => `Hello, ${await parent.name()}!`,

    /** @param {string[]} items @param {(item: string) => Promise<void>} onItem */
    async each(items, onItem) {
      for (const item of items) await onItem(item)
    },

    crash: () => process.exit(1),
  },
  transport,
)
