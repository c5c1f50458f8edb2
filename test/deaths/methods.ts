import { valueMethods } from '../contract/there/methods.ts'

const none = (): never => {
  throw new Error('There is no RPC here')
}

/** As much of the contract suite's service as `live` needs. */
export const serviceMethods = (started: string[] = []): object => ({
  count: (...args: unknown[]) => args.length,
  hang: (name: string) => {
    started.push(name)
    return new Promise(() => {})
  },
  started: () => started,
  ...valueMethods(none),
})
