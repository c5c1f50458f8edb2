/** In workerd, as `workerd test` starts it. Its lines are outcomes, and the orders are a binding. */
import type { Orders } from './running.ts'

// The console is where a worker can say something.
const { log } = globalThis.console

// oxlint-disable-next-line import/no-default-export -- what workerd wants
export default {
  async test(_: unknown, { orders }: { readonly orders: Orders }): Promise<void> {
    // Outside of a request nothing may be begun: no timer, no random number.
    const { files } = await import('./files.ts')
    const { runFiles } = await import('./running.ts')
    const tell = (outcome: object): void => log(JSON.stringify(outcome))
    await runFiles(files, tell, orders)
    tell({ file: '', path: ['it runs to its end'], state: 'pass' })
  },
}
