import { fileURLToPath } from 'node:url'
import { bundleScript } from '../processes.ts'

/** The server of the browser tests in a process of its own, which nothing that a test leaves open outlives. */
export async function listenSocketIo(): Promise<{ readonly url: string; close(): void }> {
  const script = await bundleScript(fileURLToPath(new URL('./scripts/namespaces.ts', import.meta.url)))
  const server = await script.start()
  script.forget()
  return { url: await server.rpc.invoke<string>('url'), close: () => void server.kill() }
}
