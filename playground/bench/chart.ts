// The bars of one place: a line for each row of the suite, a bar for each who. What they say stands in the table, too.
import { h } from '../ui/dom.ts'
import { type Line, lines } from './lines.ts'
import type { Result } from './measure.ts'
import { nameOf, toRate, toRatio, toReason, type Who, whos } from './text.ts'

export interface Chart {
  readonly element: HTMLElement
  show(line: Line, result: Result): void
  /** Show which line is measured now; undefined: none. */
  mark(line: Line | undefined): void
  clear(): void
}

interface Bar {
  readonly element: HTMLElement
  readonly bar: HTMLElement
  readonly ratio: HTMLElement
  readonly rate: HTMLElement
}

export function createChart(): Chart {
  const parts = new Map(lines.map((line) => [line, createLine(line)]))

  return {
    // A screen reader has the table.
    element: h(
      'div',
      { class: 'chart', 'aria-hidden': 'true' },
      ...[...parts.values()].map(({ element }) => element),
    ),
    show(line, result) {
      parts.get(line)?.show(result)
    },
    mark(line) {
      for (const [one, { element }] of parts) element.classList.toggle('now', one === line)
    },
    clear() {
      for (const { clear } of parts.values()) clear()
    },
  }
}

function createLine(line: Line) {
  const bars = new Map<Who, Bar>(whos.map((who) => [who, createBar(who)]))
  const element = h(
    'div',
    { class: 'line' },
    h('p', { class: 'what' }, h('strong', {}, line.title), ' ', h('span', {}, line.about)),
    ...[...bars.values()].map((bar) => bar.element),
  )

  const clear = (): void => {
    element.classList.remove('known')
    for (const { bar, ratio, rate } of bars.values()) {
      bar.hidden = true
      ratio.textContent = ''
      rate.textContent = ''
    }
  }

  clear()
  return {
    element,
    clear,
    show({ figures, failures }: Result): void {
      element.classList.add('known')
      const most = Math.max(...whos.map((who) => figures[nameOf(who, line)]?.high ?? 0))
      for (const [who, { bar, ratio, rate }] of bars) {
        const figure = figures[nameOf(who, line)]
        bar.hidden = !figure
        ratio.textContent = figure ? toRatio(figure.ratio) : ''
        rate.textContent = figure ? toRate(figure.perSecond) : toReason(failures[nameOf(who, line)])
        if (!figure) continue
        // By the object model, as a strict Content-Security-Policy lets no style attribute in.
        bar.style.setProperty('--share', String(figure.ratio / most))
        bar.style.setProperty('--low', String(figure.low / most))
        bar.style.setProperty('--high', String(figure.high / most))
      }
    },
  }
}

function createBar(who: Who): Bar {
  const bar = h('span', { class: 'length' })
  const ratio = h('span', { class: 'ratio' })
  const rate = h('span', { class: 'rate' })
  const element = h(
    'div',
    { class: 'bar-row', 'data-who': who },
    h('span', { class: 'who' }, who),
    h('span', { class: 'track' }, bar),
    ratio,
    rate,
  )
  return { element, bar, ratio, rate }
}
