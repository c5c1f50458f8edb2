import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expose, rpcOf, wrap } from 'portcall'
import { stdioTransport } from 'portcall/stdio'

const program = fileURLToPath(new URL('./server.mjs', import.meta.url))
const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'ignore'] })

const transport = stdioTransport({ readable: child.stdout, writable: child.stdin })
const server = wrap(transport)
expose({ name: () => 'parent' }, transport)

console.log(await server.add(1, 2))
console.log(await server.greet())
await server.each(['a', 'b'], (item) => console.log('item', item))

try {
  await server.crash()
} catch (error) {
  console.log(error.code, error.message)
}

rpcOf(server).destroy()
if (child.exitCode === null) await once(child, 'exit')
