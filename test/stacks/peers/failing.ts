/** Another one: its calls fail with errors of axios. */
import axios, { AxiosError, type AxiosAdapter } from 'axios'
import { expose } from '../../../src/index.ts'

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
  fetchNone: (): Promise<unknown> => axios.get('https://api.example/users/1', { adapter: notFound }),
  /** A request to a real server. */
  fetchFrom: (url: string): Promise<unknown> => axios.get(url),
  fetchAll: async (): Promise<readonly unknown[]> =>
    Promise.allSettled([axios.get('https://api.example/users/1', { adapter: notFound })]),
}

expose(api)
