// Bundle each entry the way an application would and fail when it outgrows its budget, or when the README shows other
// figures. With --write, write the figures into the README.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { rolldown } from 'rolldown'

/** Name, what is imported, budget in bytes (minified + brotli), and what an application has already that imports it. */
const budgets = [
  ['`RPC` of `portcall/core`', "export { RPC } from './dist/core.js'", 12_700],
  ['`RPC` with a Worker, port or thread', "export { RPC } from './dist/index.js'", 19_150],
  ['`expose` + `wrap`', "export { expose, wrap } from './dist/index.js'", 18_400],
  ['`RPCMessageEvent` alone', "export { RPCMessageEvent } from './dist/index.js'", 2_250],
  [
    '`windowTransport`, on top of `RPC`',
    "export { RPC, windowTransport } from './dist/index.js'",
    1_900,
    "export { RPC } from './dist/index.js'",
  ],
  ['everything', "export * from './dist/index.js'", 23_200],
]

/** Functions of adapters, on top of `RPC`: 900 B each, or what they take where that is more. */
const adapters = {
  'websocket:websocketTransport': 900,
  'stdio:stdioTransport': 1_250,
  'process:processTransport': 900,
  'shared-worker:sharedWorkerTransport': 900,
  'shared-worker:serve': 1_250,
  'service-worker:serviceWorkerTransport': 1_400,
  'service-worker:serve': 1_550,
  'broadcast:broadcastBus': 1_900,
  'data-channel:dataChannelTransport': 900,
  'socket-io:socketIoTransport': 900,
  'socket-io-server:serveSocketIo': 1_000,
  'room:room': 900,
  'nats:natsTransport': 900,
  'nats:callNats': 1_150,
  'nats:serveNats': 1_250,
  'extension:extensionTransport': 900,
  'extension:serve': 1_300,
  'electron:electronTransport': 900,
  'electron:ipcMainTransport': 900,
  'figma:figmaTransport': 900,
  'figma:figmaUITransport': 900,
  'compat:rpcShooterTransport': 900,
  'compat:widgetKitTransport': 900,
}

const root = new URL('../', import.meta.url)
const { exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
const readme = new URL('README.md', root)
const block = /(?<=<!-- sizes -->\n)[^]*?(?=<!-- \/sizes -->)/

if (!existsSync(new URL('dist/index.js', root))) fail('there is no dist: run `npm run build` first')
const sizes = []
for (const [name, code, budget, base] of budgets) {
  const all = await measure(name, code)
  const had = base ? await measure(name, base) : { minified: 0, brotli: 0 }
  sizes.push({ name, budget, minified: all.minified - had.minified, brotli: all.brotli - had.brotli })
}

const inReadme = [...sizes]
const rpc = await measure('RPC', "export { RPC } from './dist/index.js'")
for (const [name, budget] of Object.entries(adapters)) {
  const [entry, exported] = name.split(':')
  const code = `export { RPC } from './dist/index.js'\nexport { ${exported} } from '${exports[`./${entry}`]}'`
  const all = await measure(name, code)
  sizes.push({
    name: `${exported} of ${entry}`,
    budget,
    minified: all.minified - rpc.minified,
    brotli: all.brotli - rpc.brotli,
  })
}

printTable()
for (const { name, brotli, budget } of sizes) {
  if (brotli > budget) problem(`${name} is ${brotli - budget} B over its budget of ${budget} B`)
}
if (existsSync(readme)) updateReadme(readFileSync(readme, 'utf8'))

async function measure(name, code) {
  try {
    const minified = Buffer.from(await bundle(code))
    return { minified: minified.length, brotli: brotliCompressSync(minified).length }
  } catch (error) {
    return fail(`${name}: ${error.message}`)
  }
}

/** What Vite's production build does with the code of a library; whatever is not named here is a default of both. */
async function bundle(code) {
  const build = await rolldown({
    input: 'entry',
    cwd: fileURLToPath(root),
    platform: 'browser',
    plugins: [
      {
        name: 'entry',
        resolveId: (id, importer) =>
          importer === undefined
            ? '\0entry'
            : importer === '\0entry'
              ? fileURLToPath(new URL(id, root))
              : null,
        load: (id) => (id === '\0entry' ? code : null),
      },
    ],
  })
  const { output } = await build.generate({ format: 'es', topLevelVar: true, comments: false, minify: true })
  await build.close()
  return output[0].code
}

function printTable() {
  const rows = sizes.map(({ name, minified, brotli, budget }) => {
    const verdict = brotli > budget ? 'OVER' : 'ok'
    return [name.replaceAll('`', ''), minified, brotli, budget, verdict]
  })
  for (const [name, ...cells] of [['bytes', 'minified', 'brotli', 'budget', ''], ...rows]) {
    console.log(name.padEnd(40) + cells.map((cell) => String(cell).padStart(10)).join(''))
  }
}

function updateReadme(text) {
  if (!block.test(text)) return
  const table = markdownTable()
  if (process.argv.includes('--write'))
    writeFileSync(
      readme,
      text.replace(block, () => table),
    )
  else if (text.match(block)[0] !== table)
    problem('README.md shows other sizes: run `npm run size -- --write`')
}

function markdownTable() {
  const rows = inReadme.map(({ name, minified, brotli }) => `| ${name} | ${kB(minified)} | ${kB(brotli)} |\n`)
  return `| import | minified | minified + brotli |\n|---|--:|--:|\n${rows.join('')}`
}

function kB(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`
}

function problem(message) {
  console.error(`size: ${message}`)
  process.exitCode = 1
}

function fail(message) {
  problem(message)
  process.exit()
}
