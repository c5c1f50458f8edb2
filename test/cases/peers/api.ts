import { expose, type Endpoint } from '../../../src/index.ts'

let timer: ReturnType<typeof setInterval> | undefined

export const api = {
  ping: (): string => 'pong',
  slow: (ms: number): Promise<string> =>
    new Promise((resolve) => {
      setTimeout(() => resolve('late'), ms).unref()
    }),
  keepAlive: (isKept: boolean): void => {
    clearInterval(timer)
    if (isKept) timer = setInterval(() => {}, 1_000)
  },
  take: (port: Endpoint): void => void expose(api, port),
}
