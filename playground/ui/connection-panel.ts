// One connection: how it is and was, what there is to see of it, and what it called by itself.
import type { Kind, State } from '../connections/connection.ts'
import type { Board } from '../player.ts'
import { h } from './dom.ts'
import { stateWords, toDuration } from './text.ts'

const KEPT_STATES = 8
const KEPT_ROWS = 3

export interface Panel {
  readonly element: HTMLElement
  /** Where the other side is put. */
  readonly place: HTMLElement
  readonly board: Board
  showState(state: State, canReload: boolean): void
  /** Start it, or say why that fails. */
  start(): void
}

export interface PanelActions {
  /** @throws Error with a message for the visitor. */
  readonly start: () => void
  readonly end: () => void
  readonly reload: () => void
}

export function createPanel({ id, title, name, about, verbs }: Kind, actions: PanelActions): Panel {
  const [startVerb, endVerb] = verbs
  const state = h('p', { class: 'state', role: 'status', 'data-state': 'absent' }, stateWords.absent)
  const problem = h('p', { class: 'problem', role: 'alert' })
  const history = h('ol', { class: 'history', 'aria-label': 'States so far' })
  const place = h('div', { class: 'place' }, h('p', { class: 'nothing' }, 'Not open yet.'))
  const rows = h('div', { class: 'rows' })
  const called = h('div', { class: 'called', hidden: true }, h('h4', {}, 'It called the page'), rows)
  let isThere = false
  let since = performance.now()

  const attempt = (step: () => void): void => {
    problem.textContent = ''
    try {
      step()
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error)
    }
  }
  const toggle = h(
    'button',
    {
      type: 'button',
      class: 'quiet',
      'aria-label': `${startVerb}: ${title}`,
      onclick: () => attempt(isThere ? actions.end : actions.start),
    },
    startVerb,
  )
  const reload = h(
    'button',
    {
      type: 'button',
      class: 'quiet',
      hidden: true,
      'aria-label': `Reload: ${title}`,
      onclick: () => attempt(actions.reload),
    },
    'Reload',
  )

  const element = h(
    'article',
    { class: 'panel', id: `connection-${id}` },
    h('div', { class: 'head' }, h('h3', {}, title), h('div', { class: 'tools' }, reload, toggle)),
    h(
      'div',
      { class: 'about-peer' },
      state,
      h('span', { class: about.startsWith('http') ? 'origin' : undefined }, about),
    ),
    place,
    problem,
    history,
    called,
  )

  return {
    element,
    place,
    board: {
      add(row) {
        called.hidden = false
        rows.prepend(row)
        while (rows.children.length > KEPT_ROWS) rows.lastElementChild?.remove()
      },
      progress() {},
    },
    start: () => attempt(actions.start),
    showState(next, canReload) {
      const now = performance.now()
      isThere = next === 'waiting' || next === 'connected'
      state.dataset['state'] = next
      state.replaceChildren(h('span', { class: 'visually-hidden' }, `${name}: `), stateWords[next])
      toggle.textContent = isThere ? endVerb : startVerb
      toggle.setAttribute('aria-label', `${isThere ? endVerb : startVerb}: ${title}`)
      reload.hidden = !isThere || !canReload
      // The first is no change.
      const took = toDuration(now - since)
      const after = history.children.length > 0 && now - since >= 1 ? ` +${took}` : ''
      history.append(h('li', { 'data-state': next }, stateWords[next], h('span', { class: 'after' }, after)))
      while (history.children.length > KEPT_STATES) history.firstElementChild?.remove()
      since = now
      // What is loaded anew is gone for a moment only.
      queueMicrotask(() => {
        if (!isThere) place.replaceChildren(h('p', { class: 'nothing' }, `It is ${stateWords[next]}.`))
      })
    },
  }
}
