// One door to one connection: when to take it, how both sides open it, and its scenes.
import type { DoorScenes } from '../scenes/scene.ts'
import { codeElement } from './code.ts'
import { h } from './dom.ts'

export function createDoorSection(
  id: string,
  { title, want }: DoorScenes,
  setup: readonly [here: string, there: string],
  cards: readonly HTMLElement[],
): HTMLElement {
  return h(
    'section',
    { class: 'door', 'aria-labelledby': `door-${id}` },
    h('h3', { id: `door-${id}`, tabindex: -1 }, title),
    h('p', { class: 'want' }, want),
    setupElement(setup),
    ...cards,
  )
}

/** What both sides write, side by side. */
export const setupElement = ([here, there]: readonly [here: string, there: string]): HTMLElement =>
  h('div', { class: 'setup' }, side('here', here), side('over there', there))

const side = (caption: string, code: string): HTMLElement =>
  h('figure', {}, h('figcaption', {}, caption), h('pre', {}, codeElement(code)))
