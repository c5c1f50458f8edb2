/** Peers that other people wrote, as they are. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { findPeer } from '../../scripts/peers.mjs'
import { stdioTransport } from '../../src/adapters/stdio/stdio.ts'
import { type Diagnostic, ErrorCode, RPC } from '../../src/index.ts'
import { rejection } from '../peer/pair.ts'

const at = (name: string): string => fileURLToPath(new URL(`./peers/${name}`, import.meta.url))

const python = findPeer('a Python with json-rpc')
if (python)
  for (const plain of [false, true])
    test(`C45: json-rpc of Python answers the calls of an RPC${plain ? ' that calls it plain' : ''}`, async () => {
      const child = spawn(python, [at('python-server.py')], { stdio: ['pipe', 'pipe', 'ignore'] })
      onTestFinished(() => void child.kill('SIGKILL'))
      const diagnostics: Diagnostic[] = []
      const transport = stdioTransport({ readable: child.stdout, writable: child.stdin })
      using rpc = new RPC({ transport, plain, onDiagnostic: (event) => diagnostics.push(event) })

      expect(await rpc.invoke('subtract', [42, 23])).toBe(19)
      expect(await rpc.invoke('subtract', { minuend: 42, subtrahend: 23 })).toBe(19)
      rpc.notify('subtract', [1, 2])
      expect(await rpc.batch((call) => [call('subtract', [3, 1]), call('subtract', [3, 2])])).toEqual([2, 1])
      expect(await rejection(rpc.invoke('divide'))).toMatchObject({ code: ErrorCode.METHOD_NOT_FOUND })
      expect(await rejection(rpc.invoke('fail'))).toMatchObject({ code: -32000 })
      expect(diagnostics).toEqual([])
    })
