// The CommonJS form, dist/cjs: for Jest, and for TypeScript's moduleResolution node10. Node and bundlers take the ES modules
// in dist, whether a program writes `import` or `require`. Tools that do not know `exports` look for a folder `testing` where
// `portcall/testing` is imported: each entry gets one, with a package.json that points into dist/cjs. Metro looks there even if
// it knows `exports`, and takes the ES modules for `portcall` then: it gets them from all.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', root))

mkdirSync(new URL('dist/cjs/', root), { recursive: true })
writeFileSync(new URL('dist/cjs/package.json', root), '{ "type": "commonjs" }\n')
for (const [name, targets] of Object.entries(entries())) {
  if (name === '.' || !targets.require) continue
  const folder = new URL(`${name}/`, root)
  mkdirSync(folder, { recursive: true })
  const up = '../'.repeat(name.split('/').length - 1)
  const fields = { main: up + targets.require.slice(2), 'react-native': up + targets.import.slice(2) }
  writeFileSync(new URL('package.json', folder), `${JSON.stringify(fields)}\n`)
}
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.cjs.json'], {
  cwd: fileURLToPath(root),
  stdio: ['ignore', 'inherit', 'inherit'],
})
process.exitCode = status ?? 1

function entries() {
  return JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).exports
}
