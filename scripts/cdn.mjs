// The file for <script> use: dist/portcall.min.js, everything under the global `portcall`.
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const dist = new URL('../dist/', import.meta.url)
const build = await rolldown({ input: fileURLToPath(new URL('index.js', dist)), platform: 'browser' })
await build.write({
  file: fileURLToPath(new URL('portcall.min.js', dist)),
  format: 'iife',
  name: 'portcall',
  minify: true,
  sourcemap: true,
})
await build.close()
