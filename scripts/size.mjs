// Bundle each entry the way an application would and fail when it outgrows its budget, or when the README shows other
// figures. With --write, write the figures into the README.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { rolldown } from 'rolldown'

const CORE = "export { expose, wrap } from './dist/core.js'\n"
const VALUES = 'values, proxy, release, transfer'
const withCore = (names) => `${CORE}export { ${names} } from './dist/core.js'`

/** Name, what is imported, budget in bytes (minified + brotli), and what an application has already that imports it. */
const budgets = [
  ['`expose` + `wrap` of `portcall/core`', CORE, 11_590],
  ['the same with references and signals', withCore('references, signals, proxy, release'), 18_650],
  ['the same with `values`', withCore(VALUES), 21_180],
  ['the same with `all`', withCore(`all, ${VALUES}`), 30_510],
  ['`expose` + `wrap` of `portcall`', "export { expose, wrap } from './dist/index.js'", 31_170],
  ['`RPC` of `portcall/core`', "export { RPC } from './dist/core.js'", 10_870],
  ['`RPC` of `portcall`', "export { RPC } from './dist/index.js'", 32_990],
  ['`RPCMessageEvent` alone', "export { RPCMessageEvent } from './dist/index.js'", 3_490],
  [
    '`windowTransport`, on top of `RPC`',
    "export { RPC, windowTransport } from './dist/index.js'",
    5_140,
    "export { RPC } from './dist/index.js'",
  ],
  ['everything', "export * from './dist/index.js'", 40_800],
  [
    '`wrap` of core + `serve` of `portcall/core/shared-worker`',
    "export { wrap } from './dist/core.js'\nexport { serve } from './dist/adapters/shared-worker/shared-worker.js'",
    13_140,
  ],
]

/** Each feature alone, on top of `expose` and `wrap` of core, for docs/bundle-size.md. */
const features = [
  'encoding',
  'references',
  'properties',
  'classes',
  'collections',
  'signals',
  'exceptions',
  'transfers',
  'transferChecks',
  'errorDetails',
  'streams',
  'webStreams',
  'webValues',
  'deep',
  'frames',
  'batches',
  'dialects',
  'heartbeat',
  'webLock',
  'diagnostics',
  'hooks',
  'unread',
  'findUncloneable',
]

/** Functions of adapters, on top of `RPC`: 900 B each, or what they take where that is more. */
const adapters = {
  'websocket:websocketTransport': 1_370,
  'stdio:stdioTransport': 1_660,
  'process:processTransport': 1_160,
  'shared-worker:sharedWorkerTransport': 1_050,
  'shared-worker:serve': 1_400,
  'service-worker:serviceWorkerTransport': 1_550,
  'service-worker:serve': 1_700,
  'broadcast:broadcastBus': 2_000,
  'data-channel:dataChannelTransport': 1_350,
  'socket-io:socketIoTransport': 1_330,
  'socket-io-server:serveSocketIo': 1_600,
  'room:room': 900,
  'nats:natsTransport': 1_400,
  'nats:callNats': 1_850,
  'nats:serveNats': 1_950,
  'extension:extensionTransport': 900,
  'extension:serve': 1_350,
  'electron:electronTransport': 900,
  'electron:ipcMainTransport': 900,
  'figma:figmaTransport': 900,
  'figma:figmaUITransport': 900,
  'compat:rpcShooterTransport': 900,
  'compat:widgetKitTransport': 900,
}

const root = new URL('../', import.meta.url)
const { exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
const block = /(?<=<!-- sizes -->\n)[^]*?(?=<!-- \/sizes -->)/

if (!existsSync(new URL('dist/index.js', root))) fail('there is no dist: run `npm run build` first')
const sizes = []
for (const [name, code, budget, base] of budgets) {
  const all = await measure(name, code)
  const had = base ? await measure(name, base) : { minified: 0, brotli: 0 }
  sizes.push({ name, budget, minified: all.minified - had.minified, brotli: all.brotli - had.brotli })
}

const inReadme = [...sizes]
const [core] = sizes
const ofFeatures = []
for (const name of features) {
  const { brotli } = await measure(name, withCore(name))
  ofFeatures.push({ name, brotli: brotli - core.brotli })
}
const rpc = await measure('RPC', "export { RPC } from './dist/index.js'")
for (const [name, budget] of Object.entries(adapters)) {
  const [entry, exported] = name.split(':')
  const code = `export { RPC } from './dist/index.js'\nexport { ${exported} } from '${exports[`./${entry}`].import}'`
  const all = await measure(name, code)
  sizes.push({
    name: `${exported} of ${entry}`,
    budget,
    minified: all.minified - rpc.minified,
    brotli: all.brotli - rpc.brotli,
  })
}

printTable()
for (const { name, brotli } of ofFeatures) console.log(`+ ${name}`.padEnd(50) + String(brotli).padStart(20))
for (const { name, brotli, budget } of sizes) {
  if (brotli > budget) problem(`${name} is ${brotli - budget} B over its budget of ${budget} B`)
}
update('README.md', markdownTable())
update('docs/bundle-size.md', featureTable())

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
    console.log(name.padEnd(60) + cells.map((cell) => String(cell).padStart(10)).join(''))
  }
}

/** Write a table between its marks, or say that it is not as it should be. */
function update(name, table) {
  const file = new URL(name, root)
  const text = readFileSync(file, 'utf8')
  if (process.argv.includes('--write'))
    writeFileSync(
      file,
      text.replace(block, () => table),
    )
  else if (text.match(block)?.[0] !== table)
    problem(`${name} shows other sizes: run \`npm run size -- --write\``)
}

function markdownTable() {
  const rows = inReadme.map(({ name, minified, brotli }) => `| ${name} | ${kB(minified)} | ${kB(brotli)} |\n`)
  return `| import | minified | minified + brotli |\n|---|--:|--:|\n${rows.join('')}`
}

function featureTable() {
  const rows = ofFeatures.map(({ name, brotli }) => `| \`${name}\` | ${kB(brotli)} |\n`)
  return `| feature | minified + brotli |\n|---|--:|\n${rows.join('')}`
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
