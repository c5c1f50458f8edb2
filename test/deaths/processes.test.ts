import { type ChildProcess, fork, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'
import type { Framing } from '../../src/adapters/stdio/framing.ts'
import { processTransport } from '../../src/adapters/process/process.ts'
import { stdioTransport } from '../../src/adapters/stdio/stdio.ts'
import { bundleScripts, type Scripts } from '../adapters/process/scripts.ts'
import { countOnNode } from './listeners.ts'
import { type Death, matrix, type Scene } from './matrix.ts'

type Bundle = Scripts<'service'>

const bundle = (name: string): Promise<Bundle> =>
  bundleScripts(fileURLToPath(new URL(`../adapters/${name}/children/`, import.meta.url)), ['service'])

let forked: Bundle
let spawned: Bundle
beforeAll(async () => {
  forked = await bundle('process')
  spawned = await bundle('stdio')
}, 60_000)
afterAll(() => {
  forked.remove()
  spawned.remove()
})

interface ToChild extends Scene {
  readonly child: ChildProcess
}

const slow = true
const found = '`exit` and `disconnect` of the child'

const deaths: Record<string, Death<ToChild>> = {
  'the child is killed (`SIGKILL`)': { die: ({ child }) => child.kill('SIGKILL'), found, slow },
  '`process.exit()` in the child': { die: (_, { rpc }) => rpc.notify('exit'), found, slow },
  'an error that the child does not catch': { die: (_, { rpc }) => rpc.notify('crash'), found, slow },
  'the child disconnects': { die: (_, { rpc }) => rpc.notify('disconnect'), found, slow },
  'the parent disconnects': { die: ({ child }) => child.disconnect(), found, slow },
  '`destroy()` over there': { die: (_, { rpc }) => rpc.notify('leave'), found: 'its goodbye', slow },
}

for (const serialization of ['json', 'advanced'] as const)
  matrix(
    `a forked process, ${serialization}`,
    (): ToChild => {
      const child = fork(forked.path('service'), {
        serialization,
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      })
      return {
        child,
        at: processTransport(child),
        listeners: countOnNode(child),
        end: () => child.kill('SIGKILL'),
      }
    },
    deaths,
  )

const ofStreams = '`end` or `close` of its stdout or stdin'

for (const framing of ['newline', 'content-length'] as const satisfies Framing[])
  matrix(
    `a child's stdio, ${framing}`,
    (): ToChild => {
      const child = spawn(process.execPath, [spawned.path('service'), framing], {
        stdio: ['pipe', 'pipe', 'ignore'],
      })
      const { stdin: writable, stdout: readable } = child
      return {
        child,
        at: stdioTransport({ readable, writable, framing }),
        listeners: countOnNode(readable, writable),
        end: () => child.kill('SIGKILL'),
      }
    },
    {
      'the child is killed (`SIGKILL`)': {
        die: ({ child }) => child.kill('SIGKILL'),
        found: ofStreams,
        slow,
      },
      '`process.exit()` in the child': { die: (_, { rpc }) => rpc.notify('exit'), found: ofStreams, slow },
      'the child closes its stdout': { die: (_, { rpc }) => rpc.notify('closeOut'), found: ofStreams, slow },
      'this side ends its stdin': { die: ({ child }) => child.stdin?.end(), found: ofStreams, slow },
      '`destroy()` over there': { die: (_, { rpc }) => rpc.notify('leave'), found: 'its goodbye', slow },
    },
  )
