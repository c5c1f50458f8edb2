// All five at once: each counts the primes of a fifth.
import { h } from '../ui/dom.ts'
import { toDuration } from '../ui/text.ts'
import type { Card } from './card.ts'
import { describe } from './log.ts'

const SHARE = 200_000

export function createAll(cards: readonly Card[]): HTMLElement {
  const status = h('p', { class: 'sum', role: 'status' }, 'Not called yet.')
  const rows = cards.map(({ place }, index) => {
    const [from, to] = [index * SHARE, (index + 1) * SHARE]
    const answer = h('td', { class: 'primes' }, '–')
    const bar = h('span', { class: 'lasted' })
    const took = h('td', { class: 'took' }, '–')
    const row = h(
      'tr',
      { 'data-place': place.id },
      h(
        'th',
        { scope: 'row' },
        place.title,
        h('span', { class: 'share' }, `${short(from)}–${short(to)}`),
        bar,
      ),
      answer,
      took,
    )
    return { from, to, row, answer, bar, took }
  })

  const callAll = async (): Promise<void> => {
    button.ariaBusy = 'true'
    status.textContent = 'Calling …'
    const start = performance.now()
    const times: number[] = []
    const answers = await Promise.all(
      cards.map(async ({ link }, index) => {
        const one = rows[index]
        if (!one) return undefined
        one.row.dataset['state'] = 'running'
        one.answer.textContent = '…'
        one.took.textContent = ''
        one.bar.style.setProperty('--share', '0')
        try {
          const primes = await link().call<number>('primes', one.from, one.to)
          one.row.dataset['state'] = 'answered'
          one.answer.textContent = primes.toLocaleString('en')
          return primes
        } catch (error) {
          one.row.dataset['state'] = 'failed'
          one.answer.textContent = describe(error)
          return undefined
        } finally {
          times[index] = performance.now() - start
          one.took.textContent = toDuration(times[index])
        }
      }),
    )
    const all = performance.now() - start
    for (const [index, { bar }] of rows.entries())
      bar.style.setProperty('--share', String((times[index] ?? 0) / all))
    const known = answers.filter((answer) => answer !== undefined)
    const sum = known.reduce((total, answer) => total + answer, 0).toLocaleString('en')
    status.replaceChildren(
      h('span', {}, h('strong', {}, sum), ' primes,'),
      h('span', {}, `${known.length} of ${cards.length} answers in ${toDuration(all)}`),
    )
    button.ariaBusy = 'false'
  }

  const button = h(
    'button',
    { type: 'button', class: 'primary', onclick: () => button.ariaBusy !== 'true' && void callAll() },
    'Call all five',
  )

  return h(
    'article',
    { class: 'panel five all', id: 'all' },
    h('h2', {}, 'All five at once'),
    h('p', { class: 'about' }, 'Each counts the primes of a fifth of the first million. There are 78,498.'),
    button,
    h(
      'table',
      {},
      h('caption', { class: 'visually-hidden' }, 'The answers of all five'),
      h(
        'thead',
        {},
        h('tr', {}, ...['Place', 'Primes', 'Time'].map((title) => h('th', { scope: 'col' }, title))),
      ),
      h('tbody', {}, ...rows.map(({ row }) => row)),
    ),
    status,
  )
}

const short = (number: number): string =>
  number === 0 ? '0' : number === 1_000_000 ? '1 M' : `${number / 1_000} k`
