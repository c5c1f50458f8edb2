// One scene: what it is about, its code, a button to run it, and the rows of its calls.
import type { Board } from '../player.ts'
import { codeElement } from './code.ts'
import { h } from './dom.ts'
import { toText } from './text.ts'

/** Only a visitor who goes on and on makes more. */
const KEPT_ROWS = 40

export interface Card {
  readonly element: HTMLElement
  readonly board: Board
  clear(): void
  /** Say what came of it; `failure` is why it could not go on. */
  show(state: CardState, failure?: unknown): void
}

export type CardState = 'running' | 'ok' | 'bad'

/** What every card says. */
export interface CardText {
  readonly title: string
  readonly about: string
  /** Said while there is no row. */
  readonly empty: string
  readonly button?: HTMLElement
  /** Of its heading. Default: `h4`. */
  readonly heading?: 'h3' | 'h4'
}

/** The frame of a card: what it is about with `left` under it, the rows at the right. */
export function createCard(
  { title, about, empty, button, heading = 'h4' }: CardText,
  ...left: readonly Node[]
): Card {
  const bar = h('progress', { max: 1, value: 0, 'aria-label': `${title}: progress`, hidden: true })
  const rows = h('div', { class: 'rows' })
  const note = h('p', { class: 'empty' }, empty)
  const problem = h('p', { class: 'problem' })
  const element = h(
    'article',
    { class: 'card' },
    h(
      'div',
      { class: 'about' },
      h('div', { class: 'head' }, h(heading, {}, title), button),
      h('p', {}, about),
      ...left,
    ),
    h('div', { class: 'calls' }, note, rows, bar, problem),
  )
  return {
    element,
    board: {
      add(row) {
        note.hidden = true
        rows.append(row)
        while (rows.children.length > KEPT_ROWS) rows.firstElementChild?.remove()
      },
      progress(share) {
        bar.hidden = false
        bar.value = share
      },
    },
    clear() {
      rows.replaceChildren()
      note.hidden = false
      bar.hidden = true
    },
    show(state, failure) {
      element.dataset['state'] = state
      problem.textContent = failure === undefined ? '' : toText(failure)
    },
  }
}

export interface SceneText {
  readonly title: string
  readonly about: string
  readonly code: string
}

export function createSceneCard({ title, about, code }: SceneText, run: () => void): Card {
  const button = h(
    'button',
    { type: 'button', class: 'run', 'aria-label': `Run: ${title}`, onclick: run },
    'Run',
  )
  const pre = h('pre', {}, codeElement(code))
  return createCard({ title, about, empty: 'Not called yet.', button }, pre)
}
