import { expose } from '../../../src/index.ts'
import { DeeplyNotFoundError, NotFoundError } from './errors.ts'

export const api = {
  find(path: string): never {
    throw new NotFoundError(`nothing at ${path}`, path)
  },
  findDeeply(path: string): never {
    throw new DeeplyNotFoundError(`nothing below ${path}`, path)
  },
  findAll: (path: string) => Promise.allSettled([Promise.reject(new NotFoundError('one of them', path))]),
}

expose(api)
