/** The other side of the tests: a worker in a browser, a thread in Node. */
import axios, { AxiosError, type AxiosAdapter } from 'axios'
import { expose, proxy } from '../../../src/index.ts'

interface Seen {
  /** The value as JSON, with undefined and functions left out. */
  readonly json: string
  /** Whether everything in it is a plain object, an array or no object. */
  readonly isPlain: boolean
}

const isPlain = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  ((Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) &&
    Reflect.ownKeys(value).every((key) => typeof key === 'string') &&
    Object.values(value).every(isPlain))

class Counter {
  count = 0
  add(by: number): number {
    return (this.count += by)
  }
}

const counts: Record<string, number> = {}
const note = (name: string): void => void (counts[name] = (counts[name] ?? 0) + 1)

// As axios's own do where a server answers 404: the response and its request hold functions.
const notFound: AxiosAdapter = (config) => {
  const request = { responseURL: config.url, abort() {}, onload: () => {} }
  const response = {
    status: 404,
    statusText: 'Not Found',
    data: { reason: 'no such user', retry: () => {} },
    headers: { 'content-type': 'application/json' },
    config,
    request,
  }
  const text = 'Request failed with status code 404'
  return Promise.reject(new AxiosError(text, AxiosError.ERR_BAD_REQUEST, config, request, response))
}

export const api = {
  add: (a: number, b: number): number => a + b,
  see: (value: unknown): Seen => ({ json: JSON.stringify(value), isPlain: isPlain(value) }),
  echo: (value: unknown): unknown => value,
  search(query: string): string {
    note('search')
    return `found ${query}`
  },
  counts: (): Readonly<Record<string, number>> => counts,
  counter: () => proxy(new Counter()),
  Counter,
  fetchNone: (): Promise<unknown> => axios.get('https://api.example/users/1', { adapter: notFound }),
  /** A request to a real server. */
  fetchFrom: (url: string): Promise<unknown> => axios.get(url),
  fetchAll: async (): Promise<readonly unknown[]> =>
    Promise.allSettled([axios.get('https://api.example/users/1', { adapter: notFound })]),
}

expose(api)
