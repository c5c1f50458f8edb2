import { describe, expect, test } from 'vitest'
import { parseOrigins } from '../../src/windows/origins.ts'

const parseAny = (option: unknown): ReturnType<typeof parseOrigins> =>
  parseOrigins(option as Parameters<typeof parseOrigins>[0])

describe('S04: an origin option that would let in nobody, or whoever looks alike, throws and says what to write', () => {
  const refused: readonly unknown[] = [
    '',
    ' ',
    'null',
    'undefined',
    'widget.example',
    'widget.example:8080',
    'localhost:3000',
    '//widget.example',
    '/path',
    '*.widget.example',
    '*widget.example',
    'https://',
    'https://*',
    'https://*.',
    'https://*.*.widget.example',
    'https://a.*.widget.example',
    'https://*widget.example',
    'https://widget.*',
    'https://*.widget.example:*',
    'https://widget.example:99999',
    'https://wid get.example',
    '**',
    'about:blank',
    'about:srcdoc',
    'data:text/html,x',
    'javascript:0',
    'file:///home/page.html',
    undefined,
    null,
    0,
    true,
    {},
    new URL('https://widget.example'),
    ['https://widget.example', ''],
    ['https://widget.example', 'null'],
    ['https://widget.example', null],
    [[]],
  ]
  test.for(refused.map((option) => [name(option), option] as const))('%s', ([, option]) => {
    expect(() => parseAny(option)).toThrow(TypeError)
    expect(() => parseAny(option)).toThrow(/write 'https:\/\/widget\.example'/)
  })

  test('a list that is empty', () => {
    expect(() => parseOrigins([])).toThrow(TypeError)
  })

  test('a RegExp, alone or in a list: the message shows the function that does the same', () => {
    const says =
      'write origin: (origin) => /^https:\\/\\/(a|b)\\.example$/.test(origin), anchored with ^ and $'
    const pattern = /^https:\/\/(a|b)\.example$/
    expect(() => parseAny(pattern)).toThrow(new TypeError(`A RegExp lets in look-alikes: ${says}`))
    expect(() => parseAny(['https://widget.example', pattern])).toThrow(says)
  })
})

describe('S05: an exact origin is normalised as a URL is, and compared as a whole', () => {
  const spellings = [
    'https://widget.example',
    'https://widget.example/',
    'https://widget.example:443',
    'https://widget.example:443/',
    'HTTPS://Widget.EXAMPLE',
    'https://widget.example/path/page.html?query#hash',
    'https://widget.example?query',
    '  https://widget.example\n',
    'https://user:password@widget.example',
    'https:\\\\widget.example',
  ]
  const strangers = [
    'null',
    '',
    '*',
    'http://widget.example',
    'https://widget.example:8443',
    'https://widget.example:80',
    'https://widget.example.',
    'https://widget.example.evil.example',
    'https://widgetXexample',
    'https://evil-widget.example',
    'https://a.widget.example',
    'https://example',
    'wss://widget.example',
    'https://widget.example/',
    'HTTPS://WIDGET.EXAMPLE',
  ]
  test.for(spellings)('%j', (option) => {
    const { allows, exact } = parseOrigins(option)
    expect(exact).toEqual(['https://widget.example'])
    expect(allows('https://widget.example')).toBe(true)
    expect(strangers.filter(allows)).toEqual([])
  })

  test.for([
    ['http://localhost:80', 'http://localhost'],
    ['http://127.0.0.1:3000/', 'http://127.0.0.1:3000'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['http://[0:0:0:0:0:0:0:1]:80', 'http://[::1]'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://WIDGET.example:0443', 'https://widget.example'],
    ['http://2130706433', 'http://127.0.0.1'],
  ] as const)('%s is %s', ([option, origin]) => {
    const { allows, exact } = parseOrigins(option)
    expect(exact).toEqual([origin])
    expect(allows(origin)).toBe(true)
  })
})

describe('S05: a pattern lets in subdomains of the same scheme and port, and nothing that only looks like one', () => {
  const good = ['https://a.example.com', 'https://a.b.example.com', 'https://xn--bcher-kva.example.com']
  const bad = [
    'https://example.com',
    'https://example.com.evil.net',
    'https://a.example.com.evil.net',
    'https://evilexample.com',
    'https://aXexample.com',
    'https://a.exampleXcom',
    'http://a.example.com',
    'https://a.example.com:8443',
    'https://a.example.com.',
    'https://evil.net/.example.com',
    'https://evil.net#.example.com',
    'https://evil.net?.example.com',
    'null',
    '',
    '*',
  ]
  test.for([
    'https://*.example.com',
    'HTTPS://*.Example.COM',
    'https://*.example.com:443',
    'https://*.example.com/',
  ])('%s', (option) => {
    const { allows, exact } = parseOrigins(option)
    expect(exact).toBe(undefined)
    expect(good.filter((origin) => !allows(origin))).toEqual([])
    expect(bad.filter(allows)).toEqual([])
  })

  test('with a port, that port', () => {
    const { allows } = parseOrigins('http://*.localhost:3000')
    const origins = ['http://a.localhost:3000', 'http://a.localhost', 'http://a.localhost:3001']
    expect(origins.filter(allows)).toEqual(['http://a.localhost:3000'])
  })
})

test('a list lets in each of its entries, and can be named if each of them can', () => {
  const exact = parseOrigins(['https://a.example/', 'https://b.example:8443'])
  expect(exact.exact).toEqual(['https://a.example', 'https://b.example:8443'])
  const origins = ['https://a.example', 'https://b.example', 'https://b.example:8443', 'https://c.example']
  expect(origins.filter(exact.allows)).toEqual(['https://a.example', 'https://b.example:8443'])

  const mixed = parseOrigins(['https://a.example', 'https://*.b.example'])
  expect(mixed.exact).toBe(undefined)
  expect(['https://a.example', 'https://x.b.example', 'https://x.a.example'].filter(mixed.allows)).toEqual([
    'https://a.example',
    'https://x.b.example',
  ])
})

test("'*' lets in every origin that has a name, and S06: no opaque one", () => {
  const { allows, exact } = parseOrigins('*')
  expect(exact).toBe(undefined)
  expect(['https://a.example', 'http://127.0.0.1:1', 'null'].filter(allows)).toEqual([
    'https://a.example',
    'http://127.0.0.1:1',
  ])
  expect(parseOrigins(['https://a.example', '*']).exact).toBe(undefined)
})

test('a function decides by returning true, and nothing else that is truthy', () => {
  const asked: string[] = []
  const { allows, exact } = parseOrigins((origin) => {
    asked.push(origin)
    return origin === 'https://a.example'
  })
  expect(exact).toBe(undefined)
  expect([allows('https://a.example'), allows('https://b.example')]).toEqual([true, false])
  expect(asked).toEqual(['https://a.example', 'https://b.example'])
  expect(parseAny(() => 1).allows('https://a.example')).toBe(false)
  expect(parseAny(async () => false).allows('https://a.example')).toBe(false)
})

function name(option: unknown): string {
  if (option instanceof URL) return 'a URL object'
  return option === undefined ? 'undefined' : JSON.stringify(option)
}
