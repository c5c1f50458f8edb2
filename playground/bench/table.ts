// The figures of one place as a table.
import { h } from '../ui/dom.ts'
import { type Line, lines } from './lines.ts'
import type { Result } from './measure.ts'
import { nameOf, toRange, toRate, toRatio, toReason, type Who, whos } from './text.ts'

export interface Table {
  readonly element: HTMLElement
  show(line: Line, result: Result): void
  clear(): void
}

export function createTable(caption: string): Table {
  const cells = new Map<Line, ReadonlyMap<Who, HTMLElement>>()
  const rows = lines.map((line) => {
    const own = new Map(whos.map((who) => [who, h('td', { 'data-who': who }, '–')]))
    cells.set(line, own)
    return h('tr', { 'data-line': line.id }, h('th', { scope: 'row' }, line.title), ...own.values())
  })

  return {
    element: h(
      'table',
      { class: 'figures' },
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, h('td', {}), ...whos.map((who) => h('th', { scope: 'col' }, who)))),
      h('tbody', {}, ...rows),
    ),
    show(line, { figures, failures }) {
      for (const [who, cell] of cells.get(line) ?? []) {
        const name = nameOf(who, line)
        const figure = figures[name]
        if (!figure) {
          cell.textContent = toReason(failures[name])
          continue
        }
        const { ratio, low, high, perSecond } = figure
        const range = h('span', { class: 'range' }, toRange(low, high))
        const rate = h('span', { class: 'rate', 'data-per-second': perSecond }, toRate(perSecond))
        // Raw is one by definition.
        if (who === 'raw') cell.replaceChildren(h('strong', {}, '1 ×'), rate)
        else cell.replaceChildren(h('strong', {}, toRatio(ratio)), range, rate)
      }
    },
    clear() {
      for (const own of cells.values()) for (const cell of own.values()) cell.textContent = '–'
    },
  }
}
