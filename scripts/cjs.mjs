// The CommonJS form, dist/cjs: for Jest, and for TypeScript's moduleResolution node10. Node and bundlers take the ES modules
// in dist, whether a program writes `import` or `require`.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', root))

mkdirSync(new URL('dist/cjs/', root), { recursive: true })
writeFileSync(new URL('dist/cjs/package.json', root), '{ "type": "commonjs" }\n')
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.cjs.json'], {
  cwd: fileURLToPath(root),
  stdio: ['ignore', 'inherit', 'inherit'],
})
process.exitCode = status ?? 1
