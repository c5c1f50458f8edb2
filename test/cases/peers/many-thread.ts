import { parentPort } from 'node:worker_threads'
import { channelTransport, expose } from '../../../src/index.ts'

let count = 0
let release = (): void => {}
const gate = new Promise<void>((resolve) => (release = resolve))

const api = {
  slow: () => gate,
  release: () => release(),
  quick: (n: number) => n,
  note: () => void count++,
  notes: () => count,
  echo: (value: unknown) => value,
  depth: (value: unknown) => depthOf(value),
  deep: (levels: number) => nested(levels),
}
expose(api)
if (parentPort) expose(api, channelTransport(parentPort, 'many'))

function depthOf(value: unknown): number {
  let depth = 0
  for (let at = value; Array.isArray(at); at = at[0] as unknown) depth++
  return depth
}

function nested(levels: number): unknown {
  let value: unknown = []
  for (let i = 1; i < levels; i++) value = [value]
  return value
}
