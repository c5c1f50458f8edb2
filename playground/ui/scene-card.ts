// One scene: what it is about, its code, a button to run it, and the rows of its calls.
import type { Board } from '../player.ts'
import { codeElement } from './code.ts'
import { h } from './dom.ts'

export interface Card {
  readonly element: HTMLElement
  readonly board: Board
  clear(): void
}

/** What every card says. */
export interface CardText {
  readonly title: string
  readonly about: string
  /** Said while there is no row. */
  readonly empty: string
  readonly button?: HTMLElement
}

/** The frame of a card: what it is about with `left` under it, the rows at the right. */
export function createCard({ title, about, empty, button }: CardText, ...left: readonly Node[]): Card {
  const bar = h('progress', { max: 1, value: 0, 'aria-label': `${title}: progress`, hidden: true })
  const rows = h('div', { class: 'rows' })
  const note = h('p', { class: 'empty' }, empty)
  const element = h(
    'article',
    { class: 'card' },
    h(
      'div',
      { class: 'about' },
      h('div', { class: 'head' }, h('h3', {}, title), button),
      h('p', {}, about),
      ...left,
    ),
    h('div', { class: 'calls' }, note, rows, bar),
  )
  return {
    element,
    board: {
      add(row) {
        note.hidden = true
        rows.append(row)
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
