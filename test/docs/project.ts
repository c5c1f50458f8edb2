/** The examples as a project in a folder that has installed the package: written, compiled, bundled. */
import { execFile } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build, createLogger, type Logger } from 'vite'
import { freshDist } from '../package/dist.ts'
import { entryOf, type Example, isProgram, root } from './fences.ts'

/** The last line of each file that is started. */
export const ended = 'the snippet ran to its end'

/** What stands for the addresses of an example. */
export interface Addresses {
  readonly host: string
  readonly widget: string
  /** Of its server in Node, on the loopback. */
  readonly port: number
  /** Of the NATS server. */
  readonly nats: number
}

export interface Project {
  readonly folder: string
  /** What the compiler says of each example by its name, and of other files by ''. */
  compile(): Promise<ReadonlyMap<string, string>>
  /** Bundle all that runs, into the folders `browser` and `node`. @returns the warnings. */
  bundle(): Promise<string[]>
  remove(): void
}

const inBrowser = ({ mark }: Example): boolean => mark === 'page' || mark === 'iframe'

function withAddresses(code: string, { host, widget, port, nats }: Addresses): string {
  const known: Readonly<Record<string, string>> = {
    HOST_ORIGIN: `'${host}'`,
    WIDGET_ORIGIN: `'${widget}'`,
    'https://host.example': host,
    'https://widget.example': widget,
    'wss://example.com': `ws://127.0.0.1:${port}`,
    'https://example.com': `http://127.0.0.1:${port}`,
    8080: String(port),
    4222: String(nats),
  }
  return Object.entries(known).reduce((text, [from, to]) => text.replaceAll(from, to), code)
}

/** The files of an example that are pages, and those that are built as they are. */
const pageFiles = (example: Example): string[] =>
  [entryOf(example), 'widget.ts', 'widget.js', example.settings.get('tab') ?? ''].filter((file) =>
    example.files.has(file),
  )

function htmlOf(example: Example, file: string, { widget }: Addresses): string {
  const given = example.settings.get('given')
  const scripts = [...(given === undefined ? [] : [`given-${given}.ts`]), file]
  const frame = file.startsWith('widget.') ? '' : `<iframe src="${widget}/widget.html"></iframe>`
  return [
    `<!doctype html><title>${example.name}</title>`,
    example.mark === 'iframe' ? frame : '',
    ...scripts.map((name) => `<script type="module" src="./${name}"></script>`),
  ].join('\n')
}

const given = join(root, 'test/docs/given')
const kit = join(given, 'widget-kit-rpc.ts')

function writeExample(folder: string, example: Example, addresses: Addresses): void {
  const own = join(folder, example.name)
  mkdirSync(own)
  const name = example.settings.get('given')
  if (name !== undefined) copyFileSync(join(given, `${name}.ts`), join(own, `given-${name}.ts`))
  const started = [...pageFiles(example), example.settings.get('server')]
  for (const [file, code] of example.files) {
    const end = example.mark !== 'not-run' && started.includes(file) ? `\nconsole.debug('${ended}')\n` : ''
    writeFileSync(join(own, file), withAddresses(code, addresses) + end)
  }
  if (!inBrowser(example)) return
  for (const [i, file] of pageFiles(example).entries()) {
    const page = i === 0 ? 'index' : file.replace(/\.\w+$/, '')
    writeFileSync(join(own, `${page}.html`), htmlOf(example, file, addresses))
  }
}

/** Put these examples, which are known to be programs, into a folder inside the package. */
export async function createProject(
  all: readonly Example[],
  addressesOf: (example: Example) => Addresses,
): Promise<Project> {
  await freshDist()
  const folder = mkdtempSync(join(root, '.snippets-'))
  const examples = all.filter(isProgram)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/portcall'), 'junction')
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const file of readdirSync(given).filter((name) => name.endsWith('.d.ts')))
    copyFileSync(join(given, file), join(folder, file))
  for (const example of examples) writeExample(folder, example, addressesOf(example))

  return {
    folder,
    async compile() {
      const kindOf = ({ language, settings }: Example): string =>
        `${language.includes('t') ? 'ts' : 'js'} ${settings.get('lib') ?? ''}`
      const kinds = Array.from(new Set(examples.map(kindOf)))
      const said = await Promise.all(
        kinds.map((kind, i) =>
          complaints(
            folder,
            i,
            kind,
            examples.filter((example) => kindOf(example) === kind),
          ),
        ),
      )
      const found = new Map<string, string>()
      let name = ''
      for (const line of said.flatMap((text) => text.split('\n').filter(Boolean))) {
        // Lines that are indented belong to the one before.
        if (!line.startsWith(' '))
          name = examples.find((example) => line.startsWith(`${example.name}/`))?.name ?? ''
        found.set(name, `${found.get(name) ?? ''}${line}\n`)
      }
      return found
    },
    async bundle() {
      const warnings: string[] = []
      // How long a build took says nothing of the examples.
      const warn = (text: string): void => {
        if (!text.includes('PLUGIN_TIMINGS')) warnings.push(text)
      }
      const logger = { ...createLogger('warn'), info() {}, warn }
      await bundleForBrowsers(folder, examples.filter(inBrowser), logger)
      await bundleForNode(folder, examples, logger)
      return warnings
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function complaints(
  folder: string,
  number: number,
  kind: string,
  examples: readonly Example[],
): Promise<string> {
  const [language, lib] = kind.split(' ')
  const project = join(folder, `tsconfig.${number}.json`)
  const compilerOptions = {
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    moduleDetection: 'force',
    jsx: 'preserve',
    lib: ['es2023', 'dom', 'esnext.disposable', ...(lib ? [lib] : [])],
    types: ['node'],
    strict: true,
    strictNullChecks: language !== 'js',
    exactOptionalPropertyTypes: language !== 'js',
    noUncheckedIndexedAccess: language !== 'js',
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    paths: { '@widget-kit/rpc': [kit] },
    // JavaScript is held to what its types are, not to having them; it has no `!` either.
    ...(language === 'js' && { allowJs: true, checkJs: true, noImplicitAny: false }),
  }
  const include = ['*.d.ts', ...examples.map(({ name }) => `${name}/*`)]
  writeFileSync(project, JSON.stringify({ compilerOptions, include }))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  try {
    return (await promisify(execFile)(process.execPath, [tsc, '-p', project], { cwd: folder })).stdout
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

/** A bundle as `vite build` makes it without configuration, of many pages at once. */
async function bundleForBrowsers(
  folder: string,
  examples: readonly Example[],
  logger: Logger,
): Promise<void> {
  const input = examples.flatMap((example) => {
    const entry = example.settings.get('entry')
    const html = readdirSync(join(folder, example.name)).filter((file) => file.endsWith('.html'))
    return [...html, ...(entry === undefined ? [] : [entry])].map(
      (file) => [`${example.name}/${file.replace(/\.\w+$/, '')}`, join(folder, example.name, file)] as const,
    )
  })
  await build({
    root: folder,
    configFile: false,
    customLogger: logger,
    logLevel: 'warn',
    resolve: { alias: { '@widget-kit/rpc': kit } },
    build: {
      outDir: 'browser',
      rollupOptions: {
        input: Object.fromEntries(input),
        output: {
          entryFileNames: ({ facadeModuleId }) =>
            facadeModuleId?.endsWith('.html') === false ? '[name].js' : 'assets/[name]-[hash].js',
        },
      },
    },
  })
}

/** Programs for Node: what is installed beside portcall stays outside. */
async function bundleForNode(folder: string, examples: readonly Example[], logger: Logger): Promise<void> {
  const input = examples.flatMap((example) => {
    const server = example.settings.get('server')
    const files = example.mark === 'node' ? Array.from(example.files.keys()) : server ? [server] : []
    return files.map((file) => [`${example.name}/${file}`, join(folder, example.name, file)] as const)
  })
  await build({
    root: folder,
    configFile: false,
    customLogger: logger,
    logLevel: 'warn',
    ssr: { noExternal: ['portcall'] },
    build: {
      outDir: 'node',
      ssr: true,
      target: 'node20',
      rollupOptions: {
        input: Object.fromEntries(input),
        output: { entryFileNames: ({ name }) => name.replace(/ts$/, 'js') },
      },
    },
  })
}
