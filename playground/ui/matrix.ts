// The results of all connections by all doors, at a glance.
import type { Id, Kind, State } from '../connections/connection.ts'
import type { Door } from '../page-api.ts'
import type { DoorScenes } from '../scenes/scene.ts'
import { h } from './dom.ts'
import { stateWords } from './text.ts'

export type CellState = 'idle' | 'running' | 'ok' | 'bad'

export interface Matrix {
  readonly element: HTMLElement
  /** Show how a connection is. */
  showState(id: Id, state: State): void
  /** Show what came of the calls over a connection by a door. */
  showResult(id: Id, door: Door, state: CellState, calls: number, strange: number): void
}

const shortNames: Record<Door, string> = { wrap: 'wrap', rpc: 'RPC', event: 'event', callback: 'callback' }

export interface MatrixActions {
  /** Show the calls of a connection by a door. */
  readonly go: (id: Id, door: Door) => void
  readonly start: (id: Id) => void
}

export function createMatrix(
  kinds: readonly Kind[],
  doors: readonly Pick<DoorScenes, 'door' | 'title'>[],
  { go, start }: MatrixActions,
): Matrix {
  const cells = new Map<string, HTMLButtonElement>()
  const heads = new Map<Id, { readonly dot: HTMLElement; readonly starter: HTMLElement }>()

  const cell = (kind: Kind, door: Door, title: string): HTMLElement => {
    if (!kind.opens.includes(door))
      return h('td', {}, h('span', { class: 'never', title: 'Between windows only' }, 'windows only'))
    const button = h('button', {
      type: 'button',
      class: 'cell',
      onclick: () => go(kind.id, door),
    })
    cells.set(`${kind.id} ${door}`, button)
    show(button, `${kind.name} by ${title}`, 'idle', 0, 0)
    return h('td', {}, button)
  }

  const show = (
    button: HTMLElement,
    what: string,
    state: CellState,
    calls: number,
    strange: number,
  ): void => {
    button.dataset['state'] = state
    button.dataset['what'] = what
    const texts: Record<CellState, readonly [string, string]> = {
      idle: ['–', 'not called yet'],
      running: [`${calls} …`, 'running'],
      ok: [`✓ ${calls}`, `${calls} calls, all as they should end`],
      bad: [`✗ ${strange}`, `${strange} of ${calls} calls not as they should end`],
    }
    const [text, words] = texts[state]
    button.textContent = text
    button.setAttribute('aria-label', `${what}: ${words}. Show them`)
  }

  const head = h(
    'tr',
    {},
    h('th', { scope: 'col' }, h('span', { class: 'visually-hidden' }, 'Connection')),
    ...doors.map(({ door, title }) =>
      h(
        'th',
        { scope: 'col' },
        h('span', { class: 'long' }, title),
        h('span', { class: 'short' }, shortNames[door]),
      ),
    ),
  )
  const rows = kinds.map((kind) => {
    const dot = h('span', { class: 'dot', 'data-state': 'absent' })
    const [verb] = kind.verbs
    const starter = h(
      'button',
      {
        type: 'button',
        class: 'starter',
        'aria-label': `${verb}: ${kind.title}`,
        onclick: () => start(kind.id),
      },
      verb,
    )
    heads.set(kind.id, { dot, starter })
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, dot, h('span', {}, kind.title), ' ', starter),
      ...doors.map(({ door, title }) => cell(kind, door, title)),
    )
  })

  return {
    element: h(
      'table',
      { class: 'matrix' },
      h('caption', { class: 'visually-hidden' }, 'Results by connection and door'),
      h('thead', {}, head),
      h('tbody', {}, ...rows),
    ),
    showState(id, state) {
      const head = heads.get(id)
      if (!head) return
      head.dot.dataset['state'] = state
      head.dot.title = stateWords[state]
      head.starter.hidden = state === 'waiting' || state === 'connected'
    },
    showResult(id, door, state, calls, strange) {
      const button = cells.get(`${id} ${door}`)
      if (button) show(button, button.dataset['what'] ?? '', state, calls, strange)
    },
  }
}
