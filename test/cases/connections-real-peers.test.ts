/** Peers that other people wrote, as they are. */
import { execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { findPeer } from '../../scripts/peers.mjs'
import { stdioTransport } from '../../src/adapters/stdio/stdio.ts'
import { type Diagnostic, ErrorCode, RPC } from '../../src/index.ts'
import { bundleScripts } from '../adapters/process/scripts.ts'
import { keepIn } from '../late.ts'
import { rejection } from '../peer/pair.ts'

const at = (name: string): string => fileURLToPath(new URL(`./peers/${name}`, import.meta.url))

const python = findPeer('a Python with json-rpc')
for (const plain of python ? [false, true] : [])
  test(`C45: json-rpc of Python answers the calls of an RPC${plain ? ' that calls it plain' : ''}`, async () => {
    const child = spawn(String(python), [at('python-server.py')], { stdio: ['pipe', 'pipe', 'ignore'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const diagnostics: Diagnostic[] = []
    const transport = stdioTransport({ readable: child.stdout, writable: child.stdin })
    using rpc = new RPC({ transport, plain, onDiagnostic: keepIn(diagnostics) })

    expect(await rpc.invoke('subtract', [42, 23])).toBe(19)
    expect(await rpc.invoke('subtract', { minuend: 42, subtrahend: 23 })).toBe(19)
    rpc.notify('subtract', [1, 2])
    expect(await rpc.batch((call) => [call('subtract', [3, 1]), call('subtract', [3, 2])])).toEqual([2, 1])
    expect(await rejection(rpc.invoke('divide'))).toMatchObject({ code: ErrorCode.METHOD_NOT_FOUND })
    expect(await rejection(rpc.invoke('fail'))).toMatchObject({ code: -32000 })
    expect(diagnostics).toEqual([])
  })

/** Let an editor start our language server. @returns what its script printed. */
async function edit(command: string, ...args: string[]): Promise<unknown> {
  const scripts = await bundleScripts(at(''), ['language-server'])
  onTestFinished(() => scripts.remove())
  const env = {
    ...process.env,
    LANGUAGE_SERVER_NODE: process.execPath,
    LANGUAGE_SERVER: scripts.path('language-server'),
  }
  const { stdout } = await promisify(execFile)(command, args, { env, timeout: 60_000 })
  return JSON.parse(stdout.slice(stdout.indexOf('{')))
}

const neovim = findPeer('Neovim')
for (const command of [neovim].filter((found) => found !== undefined))
  test('C46: Neovim starts a language server, asks it, shuts it down and ends it', async () => {
    const seen = await edit(command, '--headless', '-u', 'NONE', '-n', '-c', `luafile ${at('editor.lua')}`)
    expect(seen).toMatchObject({
      hover: { contents: { value: 'second' } },
      none: { err: { code: ErrorCode.METHOD_NOT_FOUND } },
      logs: ['shutdown with 0 params'],
      exit: 0,
    })
  }, 60_000)

const emacs = findPeer('Emacs with eglot')
for (const command of [emacs].filter((found) => found !== undefined))
  test('C46: eglot of Emacs is answered when it shuts the server down by `"params": null`', async () => {
    expect(await edit(command, '--batch', '-q', '-l', at('editor.el'))).toEqual({
      hover: 'second',
      shutdown: 'answered',
      exit: 0,
    })
  }, 60_000)
