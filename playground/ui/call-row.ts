// One call as a row: what was called, what came of it, how long it took, and the frames behind it.
import type { Door } from '../page-api.ts'
import type { Trace } from '../recorder.ts'
import { codeElement } from './code.ts'
import { h } from './dom.ts'
import { framesElement } from './frames.ts'
import { toDuration, toText } from './text.ts'

export type CallState =
  | 'pending'
  | 'answered'
  | 'sent'
  | 'heard'
  | 'rejected'
  | 'late'
  | 'aborted'
  | 'gone'
  | 'closed'

export interface Outcome {
  readonly state: CallState
  readonly text: string
  /** The text is a value, written as code. */
  readonly isValue?: boolean
  /** How long it took, where anything was waited for. */
  readonly milliseconds?: number
  /** The code or the name of its error. */
  readonly code?: number | string
}

export interface Called {
  readonly method: string
  readonly params?: unknown
  /** Who called whom: the page, or the other side. */
  readonly from: 'page' | 'peer'
  readonly door: Door
  readonly peer: string
  /** What stands in place of `method(params)`. */
  readonly signature?: string | undefined
  /** Said when no frame is shown. */
  readonly none?: string | undefined
}

export interface CallRow {
  readonly element: HTMLElement
  /** Show the frames as they are now. */
  update(trace: Trace): void
  settle(outcome: Outcome, isIntended?: boolean): void
}

const words: Record<CallState, string> = {
  pending: 'waiting',
  answered: 'answered',
  sent: 'sent',
  heard: 'heard',
  rejected: 'rejected',
  late: 'too late',
  aborted: 'aborted',
  gone: 'peer gone',
  closed: 'closed',
}

/** What a door is called where it is named with a call. */
export const doorNames: Record<Door, string> = {
  wrap: 'wrap',
  rpc: 'RPC',
  event: 'RPCMessageEvent',
  callback: 'createConnection',
}

export function createCallRow(called: Called): CallRow {
  const badge = h('span', { class: 'badge' }, words.pending)
  const outcome = h('span', { class: 'outcome' }, '…')
  const took = h('span', { class: 'took' })
  const frameCount = h('span', { class: 'frame-count' })
  const way = called.from === 'page' ? `page calls ${called.peer}: ` : `${called.peer} calls page: `
  const summary = h(
    'summary',
    {},
    badge,
    h(
      'span',
      { class: 'call' },
      h('span', { class: 'way', 'aria-hidden': 'true' }, called.from === 'page' ? '→' : '←'),
      h('span', { class: 'visually-hidden' }, way),
      codeElement(called.signature ?? signatureOf(called)),
    ),
    h('span', { class: 'facts' }, took, frameCount),
    h(
      'span',
      { class: 'ending' },
      outcome,
      h('span', { class: 'via' }, `${doorNames[called.door]} · ${called.peer}`),
    ),
  )
  const body = h('div', { class: 'frames' })
  const element = h('details', { class: `row from-${called.from}`, 'data-state': 'pending' }, summary, body)
  let latest: Trace | undefined

  const render = (): void => {
    if (!latest) return
    const count = latest.frames.length + latest.omitted
    frameCount.textContent = called.none
      ? 'not recorded'
      : count === 1
        ? '1 frame'
        : `${count || 'no'} frames`
    if (element.open)
      body.replaceChildren(framesElement(latest, called.peer, called.none ?? 'Nothing crossed.'))
  }
  element.addEventListener('toggle', render)

  return {
    element,
    update(trace) {
      latest = trace
      render()
    },
    settle({ state, text, isValue = false, milliseconds }, isIntended = true) {
      element.dataset['state'] = state
      element.dataset['intended'] = String(isIntended)
      badge.textContent = words[state]
      outcome.replaceChildren(isValue ? codeElement(text) : h('code', {}, text))
      if (!isIntended) outcome.append(h('strong', { class: 'strange' }, ' Not as it was meant to end.'))
      if (milliseconds !== undefined) took.textContent = toDuration(milliseconds)
    },
  }
}

function signatureOf({ method, params }: Called): string {
  const args = Array.isArray(params)
    ? params.map((param) => toText(param)).join(', ')
    : params
      ? toText(params)
      : ''
  return `${method}(${args})`
}
