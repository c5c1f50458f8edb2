/** Node processes that run a script of these tests, and do what they are told by messages. */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { endpointTransport, RPC } from '../../src/index.ts'

/** A process, and an RPC with it. */
export interface Running {
  readonly child: ChildProcess
  readonly rpc: RPC
  /** End it as the kernel does, without a word. */
  kill(): Promise<void>
}

export interface Script {
  start(...args: string[]): Promise<Running>
  /** Remove the bundle; what runs goes on. */
  forget(): void
  /** End all that run, and remove the bundle. */
  remove(): Promise<void>
}

/** Bundle a script from `src` as it is now. It finds the packages that are installed here. */
export async function bundleScript(path: string): Promise<Script> {
  const dir = mkdtempSync(join(tmpdir(), 'portcall-adapters-'))
  symlinkSync(
    fileURLToPath(new URL('../../node_modules', import.meta.url)),
    join(dir, 'node_modules'),
    'junction',
  )
  const file = join(dir, `${basename(path, '.ts')}.mjs`)
  const build = await rolldown({ input: path, platform: 'node', external: /^[^./]/ })
  await build.write({ file, format: 'esm' })
  await build.close()
  const all = new Set<Running>()
  const forget = (): void => rmSync(dir, { recursive: true, force: true })
  return {
    async start(...args) {
      const child = fork(file, args, { serialization: 'advanced' })
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      const rpc = new RPC({ transport: endpointTransport(toEndpoint(child)), plain: true })
      await new Promise<void>((resolve, reject) => {
        child.once('exit', () => reject(new Error(`${file} ended before it was ready`)))
        rpc.registerMethod('ready', () => resolve())
      })
      const one: Running = {
        child,
        rpc,
        kill: async () => {
          rpc.destroy()
          child.kill('SIGKILL')
          await ended
        },
      }
      all.add(one)
      return one
    },
    forget,
    async remove() {
      await Promise.all([...all].map((one) => one.kill()))
      forget()
    },
  }
}

const toEndpoint = (
  child: ChildProcess,
): { postMessage(message: unknown): void } & Pick<ChildProcess, 'on' | 'off'> => ({
  postMessage: (message) => void child.send(message as object),
  on: child.on.bind(child),
  off: child.off.bind(child),
})
