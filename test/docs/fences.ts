/**
 * All code blocks of the pages, and the examples that they make up. Behind its language a fence says how it is run:
 *
 * | mark | |
 * |---|---|
 * | `page` | in Chromium, bundled by Vite; `main`, `page` or `host` is the file of the page |
 * | `iframe` | the same, with `widget` in an iframe of another origin |
 * | `node` | in Node; it must end by itself. `main` or `client` is the file that is started |
 * | `extension` | in Chromium, as `background`, `content` and a web `page` of an extension |
 * | `vitest` | its tests, by vitest (testing.test.ts) |
 * | `message` | a JSON-RPC message: it is parsed |
 * | `not-run="why"` | compiled only, if it is a program |
 * | `and` | further files of the example above it on the page |
 *
 * Others follow: `server="x.mjs"` is started in Node before, `tab="x.ts"` is opened in a tab before, `entry="x.ts"` is
 * built as a file of this name, `given="x"` runs given/x.ts before, `lib="webworker"` adds these types, `any-order`.
 * A comment behind `console.log(…)` is what it prints; `// 1 2 3` is three of it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('../../', import.meta.url))

const marks = ['page', 'iframe', 'node', 'extension', 'vitest', 'message', 'not-run', 'and'] as const
const others = ['server', 'tab', 'entry', 'given', 'lib', 'any-order'] as const

export type Mark = (typeof marks)[number]
type Other = (typeof others)[number]

export interface Block {
  readonly page: string
  readonly line: number
  readonly language: string
  /** What is wrong with the words behind the language; empty if nothing is. */
  readonly problem: string
  readonly mark: Mark
  readonly why: string
  readonly settings: ReadonlyMap<Other, string>
  readonly code: string
}

export interface Example extends Omit<Block, 'code' | 'problem'> {
  /** Its page and its number there, as one label of a host name: `docs-types-1`. */
  readonly name: string
  readonly files: ReadonlyMap<string, string>
}

/** The pages that are looked through. */
export const pages: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...['docs', 'examples'].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules')),
  ),
].toSorted()

const isOneOf = <T extends string>(list: readonly T[], word: string): word is T =>
  (list as readonly string[]).includes(word)

/** Whether a language is that of programs, which are compiled. */
export const isProgram = ({ language }: Pick<Block, 'language'>): boolean => /^[cm]?[jt]sx?$/.test(language)

/** The blocks of a text. A fence may be indented, may have more than three characters, and ends by as many. */
export function blocksOf(page: string, text: string): Block[] {
  const found = text.matchAll(/^([ \t]*)(`{3,}|~{3,})(.*)\n([^]*?)^[ \t]*\2[`~]*[ \t]*$/gm)
  return Array.from(found, ({ index, 3: info = '', 4: code = '' }, i) => {
    const line = text.slice(0, index).split('\n').length
    return { page, line, code, ...read(info.trim(), i === 0) }
  })
}

function read(info: string, isFirst: boolean): Omit<Block, 'page' | 'line' | 'code'> {
  const [language = ''] = /^\S*/.exec(info) ?? []
  const words = Array.from(info.slice(language.length).matchAll(/([^\s="]+)(?:="([^"]*)")?/g))
  const [mark = '', why = ''] = words[0]?.slice(1) ?? []
  const rest = words.slice(1).map(([, name = '', value = '']) => [name, value] as const)
  const problems: readonly (readonly [boolean, string])[] = [
    [language === '', 'has no language'],
    [!isOneOf(marks, mark), `has no mark that says how it is run: ${marks.join(', ')}`],
    [mark === 'not-run' && why.length < 10, 'does not say why it is not run'],
    [mark === 'and' && isFirst, 'has no example above it'],
    [mark !== 'not-run' && !isProgram({ language }) && mark !== 'message', 'is no program, so it is not-run'],
    [mark === 'message' && language !== 'json', 'is no message, as it is not json'],
    ...rest.map(([name]) => [!isOneOf(others, name), `says ${name}, which nobody knows`] as const),
  ]
  return {
    language,
    problem: problems.find(([isWrong]) => isWrong)?.[1] ?? '',
    mark: isOneOf(marks, mark) ? mark : 'not-run',
    why,
    settings: new Map(rest.flatMap(([name, value]) => (isOneOf(others, name) ? [[name, value]] : []))),
  }
}

/** A block as files: the text after each line that begins with `// file.ext`. */
export function filesOf(code: string, language: string): Map<string, string> {
  const first = `main.${language}`
  const files = new Map<string, string>()
  for (const [, file = '', comment = '', body = ''] of `// ${first}\n${code}`.matchAll(
    /^\/\/ ([\w.-]+\.[cm]?[tj]sx?)\b(.*\n)([^]*?)(?=^\/\/ [\w.-]+\.[cm]?[tj]sx?\b|(?![^]))/gm,
  ))
    if (body.trim()) files.set(file, `//${comment}${body}`)
  return files
}

/** The examples that these blocks make up. */
export function examplesOf(blocks: readonly Block[]): Example[] {
  const made: (Example & { readonly files: Map<string, string> })[] = []
  for (const block of blocks) {
    const last = made.at(-1)
    const files = filesOf(block.code, block.language)
    if (block.mark === 'and' && last?.page === block.page) {
      for (const [file, code] of files) last.files.set(file, code)
      continue
    }
    const number = made.filter(({ page }) => page === block.page).length + 1
    const name = `${block.page.replace('.md', '').replace(/\W+/g, '-').toLowerCase()}-${number}`
    made.push({ ...block, name, files })
  }
  return made
}

/** Every block of every page. */
export const allBlocks: readonly Block[] = pages.flatMap((page) =>
  blocksOf(page, readFileSync(`${root}${page}`, 'utf8')),
)

export const allExamples: readonly Example[] = examplesOf(allBlocks)

/** The examples of a page that are run in one way. */
export const examplesOn = (page: string, mark: Mark): Example[] =>
  allExamples.filter((example) => example.page === page && example.mark === mark)

/** The file that is started, or that the page loads. */
export const entryOf = ({ files }: Example): string => {
  const names = Array.from(files.keys())
  return names.find((name) => /^(?:main|page|host|client)\./.test(name)) ?? names[0] ?? ''
}

/** What comments behind `console.log(…)` say that it prints, as words. */
export const expectedOf = ({ files }: Example): string[] =>
  Array.from(files.values())
    .join('\n')
    .split('\n')
    .flatMap((line) => /console\.log\(.*\/\/ (.+)$/.exec(line)?.[1]?.split(' ') ?? [])
