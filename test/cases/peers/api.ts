export const api = {
  ping: (): string => 'pong',
  slow: (ms: number): Promise<string> =>
    new Promise((resolve) => {
      setTimeout(() => resolve('late'), ms).unref()
    }),
}
