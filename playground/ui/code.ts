import { h } from './dom.ts'

const token =
  /(?<comment>\/\/.*)|(?<key>"[^"]*"(?=:))|(?<string>'[^']*'|"(?:\\.|[^"\\])*")|(?<keyword>(?<![.\w])(?:import|from|export|const|await|new|type|typeof|async|for|of|try|finally|yield|true|false|null|undefined)\b(?!:))|(?<number>-?\b\d[\d_]*(?:\.\d+)?\b)/g

/** Code as an element, with its strings, keywords, numbers and comments marked. */
export function codeElement(text: string): HTMLElement {
  const code = h('code')
  let end = 0
  for (const match of text.matchAll(token)) {
    const [kind] = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? ['']
    code.append(text.slice(end, match.index), h('span', { class: `token-${kind}` }, match[0]))
    end = match.index + match[0].length
  }
  code.append(text.slice(end))
  return code
}
