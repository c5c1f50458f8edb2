/** Our RPC and vscode-jsonrpc's connection at the two ends of a Node MessageChannel. */
import { MessageChannel } from 'node:worker_threads'
import { expect } from 'vitest'
import {
  createMessageConnection,
  type MessageConnection,
  PortMessageReader,
  PortMessageWriter,
} from 'vscode-jsonrpc/node'
import { endpointTransport, RPC } from '../../src/index.ts'
import { record } from './frames.ts'
import { faultsTowards, type Told } from './ways.ts'

export interface VscodeLink {
  readonly rpc: RPC
  readonly vscode: MessageConnection
  /** What our side posted and received so far. */
  readonly posted: readonly unknown[]
  readonly received: readonly unknown[]
  readonly closePeer: () => void
}

/**
 * Run `body` with both ends listening, close them, and check what our side posted.
 * Fails too when vscode-jsonrpc logged an error.
 */
export async function withVscode(told: Told, body: (link: VscodeLink) => Promise<void>): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  const { transport, posted, received } = record(endpointTransport(port1))
  const logged: string[] = []
  const logger = {
    error: (message: string) => void logged.push(message),
    warn: (message: string) => void logged.push(message),
    info() {},
    log() {},
  }
  const vscode = createMessageConnection(new PortMessageReader(port2), new PortMessageWriter(port2), logger)
  const rpc = new RPC({ ...told, transport })
  try {
    vscode.listen()
    await body({ rpc, vscode, posted, received, closePeer: () => port2.close() })
  } finally {
    rpc.destroy()
    vscode.dispose()
    port1.close()
  }
  expect(faultsTowards(told, posted)).toEqual([])
  expect(logged).toEqual([])
}
