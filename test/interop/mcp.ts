/** Our RPC and the Model Context Protocol SDK at the two ends of a Node MessageChannel. */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Transport as McpTransport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import { expect } from 'vitest'
import { endpointTransport, RPC } from '../../src/index.ts'
import { record } from './frames.ts'
import { faultsTowards, type Told } from './ways.ts'

/** The revision that both sides speak here. */
export const protocolVersion = '2025-06-18'

/** A `Client` or `Server` of the SDK. */
export interface Sdk {
  connect(transport: McpTransport): Promise<void>
  close(): Promise<void>
  onerror?: ((error: Error) => void) | undefined
}

export interface McpLink {
  readonly rpc: RPC
  readonly posted: readonly unknown[]
  readonly received: readonly unknown[]
}

/** A transport of the SDK over a port; it hands over what arrives as it is, and the SDK validates it. */
function portTransport(port: MessagePort): McpTransport {
  const transport: McpTransport = {
    async start() {
      port.on('message', (message: JSONRPCMessage) => transport.onmessage?.(message))
    },
    async send(message) {
      port.postMessage(message)
    },
    async close() {
      port.close()
      transport.onclose?.()
    },
  }
  return transport
}

/**
 * Make our side, connect `sdk` and run `body`, close both, and check what we posted.
 * `prepare` registers what the SDK asks for while it connects. Fails too when the SDK reported an error: it does for every frame that its schemas refuse.
 */
export async function withMcp(
  sdk: Sdk,
  told: Told,
  body: (link: McpLink) => Promise<void>,
  prepare: (rpc: RPC) => void = () => {},
): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  const { transport, posted, received } = record(endpointTransport(port1))
  const errors: string[] = []
  sdk.onerror = (error) => void errors.push(error.message)
  const rpc = new RPC({ ...told, transport })
  try {
    prepare(rpc)
    await sdk.connect(portTransport(port2))
    await body({ rpc, posted, received })
  } finally {
    rpc.destroy()
    await sdk.close()
    port1.close()
  }
  expect(faultsTowards(told, posted)).toEqual([])
  expect(errors).toEqual([])
}
