import type { RPC } from '../../../../src/index.ts'

/** How much is said before the end. */
export const COUNT = 100

/** The last words of a thread or process: all are said in the turn in which it ends. */
export function speakAndExit(rpc: RPC, how: string, exit: (code: number) => void): void {
  const speak = (): void => {
    for (let i = 0; i < COUNT; i++) {
      if (i % 2) rpc.notify('say', [i])
      else rpc.invoke('say', [i]).catch(() => {})
    }
  }
  if (how === 'speak in a listener of exit') process.once('exit', speak)
  else speak()
  if (how === 'throw') throw new Error('not caught')
  exit(3)
}
