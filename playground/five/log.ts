// The last calls of one card, both ways.
import { RPCError } from 'portcall'
import { h } from '../ui/dom.ts'
import { toDuration, toText } from '../ui/text.ts'

const KEPT = 4

export interface Log {
  readonly element: HTMLElement
  /** Show a call of the page until it settles. Resolves to what it resolves to, undefined if it rejects. */
  watch<T>(code: string, start: () => Promise<T>): Promise<T | undefined>
  /** Show a call of the other side. */
  heard(code: string, answer: unknown): void
}

export function createLog(): Log {
  const list = h('ol', { class: 'log' })

  const add = (state: string, code: string): { row: HTMLElement; answer: HTMLElement; took: HTMLElement } => {
    const answer = h('span', { class: 'answer' })
    const took = h('span', { class: 'took' })
    const direction = state === 'heard' ? h('span', { class: 'direction' }, 'it calls ') : undefined
    const row = h('li', { 'data-state': state }, h('p', {}, direction, h('code', {}, code), took), answer)
    list.prepend(row)
    while (list.children.length > KEPT) list.lastElementChild?.remove()
    return { row, answer, took }
  }

  return {
    element: list,
    async watch(code, start) {
      const { row, answer, took } = add('running', code)
      const begin = performance.now()
      try {
        const value = await start()
        answer.textContent = typeof value === 'string' ? value : toText(value)
        row.dataset['state'] = 'answered'
        return value
      } catch (error) {
        answer.textContent = describe(error)
        row.dataset['state'] = 'failed'
        return undefined
      } finally {
        took.textContent = toDuration(performance.now() - begin)
      }
    },
    heard(code, value) {
      add('heard', code).answer.textContent = value === undefined ? '' : toText(value)
    },
  }
}

export function describe(error: unknown): string {
  if (!(error instanceof RPCError)) return String(error)
  return `${nameOf(error.code)} ${error.code}: ${error.message}`
}

const names: Readonly<Record<number, string>> = {
  [-32_050]: 'PEER_GONE',
  [-32_051]: 'CLOSED',
  [-32_300]: 'TIMEOUT',
}
const nameOf = (code: number): string => names[code] ?? 'Error'
