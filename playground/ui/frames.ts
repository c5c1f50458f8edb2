// The frames of one call as a ladder between the two sides.
import { type Frame, KEPT_FIRST, type Trace } from '../recorder.ts'
import { codeElement } from './code.ts'
import { h } from './dom.ts'
import { toDuration } from './text.ts'

export function framesElement({ frames, omitted }: Trace, peer: string, none: string): HTMLElement {
  const [first] = frames
  if (!first) return h('p', { class: 'no-frames' }, none)
  const rungs = frames.map((frame) => rung(frame, peer, frame.at - first.at))
  if (omitted > 0) rungs.splice(KEPT_FIRST, 0, h('li', { class: 'omitted' }, `… ${omitted} more …`))
  return h(
    'div',
    { class: 'ladder' },
    h('p', { class: 'ends', 'aria-hidden': 'true' }, h('span', {}, 'page'), h('span', {}, peer)),
    h('ol', {}, ...rungs),
  )
}

function rung({ direction, kind, text }: Frame, peer: string, after: number): HTMLElement {
  const way = direction === 'out' ? `page to ${peer}` : `${peer} to page`
  return h(
    'li',
    { class: `rung ${direction}` },
    h(
      'p',
      { class: 'label' },
      h('span', { class: 'visually-hidden' }, `${way}: `),
      h('span', { class: 'kind' }, kind),
      h('span', { class: 'after' }, after > 0 ? `+${toDuration(after)}` : undefined),
    ),
    h('span', { class: 'arrow', 'aria-hidden': 'true' }),
    h('pre', {}, codeElement(text)),
  )
}
