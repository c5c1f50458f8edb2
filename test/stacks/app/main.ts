import { wrap } from '../../../src/index.ts'
import { DeeplyNotFoundError, NotFoundError } from './errors.ts'
import type { api } from './worker.ts'

const worker = wrap<typeof api>(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }))

const tell = (error: unknown) => ({
  isNotFound: error instanceof NotFoundError,
  isDeeply: error instanceof DeeplyNotFoundError,
  name: (error as Error).name,
  message: (error as Error).message,
  path: (error as NotFoundError).path,
})

const [all] = await worker.findAll('/c')
Object.assign(globalThis, {
  outcome: {
    className: NotFoundError.name,
    found: await worker.find('/a').catch(tell),
    deeply: await worker.findDeeply('/b').catch(tell),
    settled: tell((all as PromiseRejectedResult).reason),
  },
})
