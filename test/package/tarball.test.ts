/** What is in the tarball. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { freshDist, root } from './dist.ts'

let packed: readonly string[] = []

beforeAll(async () => {
  await freshDist()
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    maxBuffer: 1 << 26,
    // npm is a .cmd file on Windows.
    shell: process.platform === 'win32',
  })
  const answer = JSON.parse(stdout) as object
  const [pack] = Object.values(answer) as { files: { path: string }[] }[]
  packed = pack!.files.map(({ path }) => path)
}, 90_000)

const withoutCode = (text: string): string => text.replace(/```[^]*?```/g, '').replace(/`[^`\n]*`/g, '`')

/** Where the links of a page lead that have no scheme. */
const linksOf = (page: string): string[] =>
  Array.from(
    withoutCode(readFileSync(join(root, page), 'utf8')).matchAll(
      /\]\(<?([^)\s>]+)|\b(?:href|src)=["']([^"']+)|^\[[^\]]+\]:\s*(\S+)/gm,
    ),
    ([, inline, attribute, reference]) => inline ?? attribute ?? reference ?? '',
  ).filter((link) => !/^(\w+:|\/\/)/.test(link))

/** The anchors of a page, as GitHub and npm make them. */
const anchorsOf = (page: string): string[] =>
  Array.from(readFileSync(join(root, page), 'utf8').matchAll(/^#+ (.+)$/gm), ([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  )

/** Of a link that leads nowhere, what is wrong. */
function problemOf(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : posix.join(posix.dirname(page), path)
  const isFolder = packed.some((file) => file.startsWith(`${target.replace(/\/$/, '')}/`))
  if (!packed.includes(target) && !isFolder) return `${page}: ${link} is not in the tarball`
  if (anchor && target.endsWith('.md') && !anchorsOf(target).includes(anchor))
    return `${page}: ${link} has no such heading`
  return undefined
}

describe('C73: the tarball', () => {
  test.each([
    'README.md',
    'SECURITY.md',
    'CHANGELOG.md',
    'LICENSE',
    'docs/types.md',
    'docs/adapters/nats.md',
  ])('has %s', (file) => expect(packed).toContain(file))

  test('no link of a page in it leads out of it', () => {
    const pages = packed.filter((file) => file.endsWith('.md'))
    expect(linksOf('README.md').length).toBeGreaterThan(20)
    expect(pages.flatMap((page) => linksOf(page).flatMap((link) => problemOf(page, link) ?? []))).toEqual([])
  })

  test('has what source maps and declarations point to, and nothing that only this repository needs', () => {
    const maps = packed.filter((file) => /^dist\/.*\.map$/.test(file))
    expect(maps.length).toBeGreaterThan(100)
    const lost = maps.flatMap((file) => {
      const { sources } = JSON.parse(readFileSync(join(root, file), 'utf8')) as { sources: string[] }
      const named = sources.map((source) => posix.join(dirname(file), source))
      return named.filter((source) => !packed.includes(source) && !source.includes('rolldown'))
    })
    expect(lost).toEqual([])
    const tops = new Set(packed.map((file) => (file.includes('/') ? file.split('/')[0] : file)))
    expect([...tops].filter((top) => !top?.endsWith('.md')).toSorted()).toEqual([
      'LICENSE',
      'dist',
      'docs',
      'examples',
      'package.json',
      'src',
    ])
    expect(packed.filter((file) => /node_modules|\.test\.|\.npmrc|\.tgz$/.test(file))).toEqual([])
  })
})
