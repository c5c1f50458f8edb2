/** What a service in a process can do besides: end in all ways. */
export const more = {
  exit: () => process.exit(3),
  crash() {
    setTimeout(crash)
  },
  disconnect: () => process.disconnect(),
  kill: () => process.kill(process.pid, 'SIGKILL'),
  async *forever() {
    for (let i = 0; ; i++) {
      yield i
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  },
  /** Answers and is gone. */
  lastWords(n: number) {
    setImmediate(() => process.exit(0))
    return 'x'.repeat(n)
  },
  lengthOf: (text: string) => text.length,
  makeCallback: (n: number) => () => n,
  sleep(ms: number) {
    const end = Date.now() + ms
    while (Date.now() < end);
    return ms
  },
}

function crash(): never {
  throw new Error('crashed in flight')
}
