/** Many clients are heard at one place in a service worker: what one does is not another's. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { clientTransport } from '../../../src/adapters/service-worker/clients.ts'
import { ErrorCode, type RPC } from '../../../src/index.ts'
import { rejection, start } from '../../contract/fixture.ts'

interface Client {
  readonly rpc: RPC
  readonly posted: { readonly id: unknown }[]
}

test('A20: a message of one client that cannot be read rejects no call to another', async () => {
  const listeners = new Map<string, (event: object) => void>()
  vi.stubGlobal('addEventListener', (type: string, listener: (event: object) => void) =>
    listeners.set(type, listener),
  )
  vi.stubGlobal('removeEventListener', (type: string) => listeners.delete(type))
  onTestFinished(() => void vi.unstubAllGlobals())
  const client = (id: string): Client => {
    const posted: { readonly id: unknown }[] = []
    const transport = clientTransport({ id, postMessage: (message) => posted.push(message as never) })
    return { posted, rpc: start({ plain: true, transport }) }
  }
  const [one, other] = [client('one'), client('other')]
  const [lost, call] = [rejection(one.rpc.invoke('x')), other.rpc.invoke('x')]
  listeners.get('messageerror')?.({ source: { id: 'one' }, data: null })
  listeners.get('messageerror')?.({ source: null, data: null })
  expect(await lost).toMatchObject({ code: ErrorCode.UNDELIVERABLE })
  listeners.get('message')?.({
    source: { id: 'other' },
    data: { jsonrpc: '2.0', id: other.posted[0]?.id, result: 'its own' },
  })
  expect(await call).toBe('its own')
})
