/** An error class that both bundles have, under whatever name the minifier gives it. */
import { registerError } from '../../../src/index.ts'

export class NotFoundError extends Error {
  readonly path: string
  constructor(message: string, path = '') {
    super(message)
    this.path = path
  }
}

export class DeeplyNotFoundError extends NotFoundError {}

registerError(NotFoundError, 'NotFoundError')
registerError(DeeplyNotFoundError, 'DeeplyNotFoundError')
