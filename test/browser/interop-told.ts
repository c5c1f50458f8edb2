/** What both pages and workers of the interoperability tests know. */
import { lspDialect } from '../../src/index.ts'
import type { Told } from '../interop/ways.ts'

/** How a call ended, as a value that can be posted. */
export type Outcome =
  | { readonly result: unknown }
  | { readonly code: unknown; readonly message: unknown; readonly data: unknown }

/** Wait for the end of `call` and describe it. */
export const outcomeOf = (call: Promise<unknown>): Promise<Outcome> =>
  call.then(
    (result) => ({ result }),
    (error: unknown) => ({
      code: Reflect.get(Object(error), 'code'),
      message: Reflect.get(Object(error), 'message'),
      data: Reflect.get(Object(error), 'data'),
    }),
  )

/** A call that the worker is asked to make. */
export interface Errand {
  readonly method: string
  readonly params: readonly unknown[]
}

/** A worker's own name says what our side is told. */
export const toldBy = (name: string): Told => (name === 'lsp' ? { dialect: lspDialect } : {})

export const numbers: readonly number[] = Array.from({ length: 200 }, (_, index) => index)
