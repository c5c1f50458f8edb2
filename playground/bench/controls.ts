// What is to be measured, how far it is, and the button that stops it.
import { h } from '../ui/dom.ts'
import { type Place, places } from './places.ts'
import type { Plan } from './suite.mjs'

/** How thorough. */
const plans: Readonly<Record<string, Plan & { readonly title: string }>> = {
  short: { title: 'A glance: 2 rounds', rounds: 2, target: 2, warmUp: 5, items: 10_000 },
  usual: { title: 'Usual: 5 rounds', rounds: 5, target: 12, warmUp: 80, items: 100_000 },
  thorough: { title: 'Thorough: 15 rounds', rounds: 15, target: 25, warmUp: 200, items: 300_000 },
}

export interface Controls {
  readonly element: HTMLElement
  begin(): void
  /** From 0 to 1, and what is measured. */
  progress(share: number, text: string): void
  end(state: 'ok' | 'aborted' | 'bad', text: string): void
}

export interface ControlsActions {
  readonly start: (places: readonly Place[], plan: Plan) => void
  readonly stop: () => void
}

/** @param given what the address asks for: `length`, a plan's name, and how many `rounds` instead of its own. */
export function createControls(given: URLSearchParams, { start, stop }: ControlsActions): Controls {
  const boxes = places.map((place) => ({ place, box: h('input', { type: 'checkbox', checked: true }) }))
  const length = h(
    'select',
    { id: 'length' },
    ...Object.entries(plans).map(([value, { title }]) => h('option', { value }, title)),
  )
  const wanted = given.get('length') ?? ''
  length.value = Object.hasOwn(plans, wanted) ? wanted : 'usual'
  const rounds = Math.min(Math.trunc(Number(given.get('rounds'))), 100)
  const problem = h('p', { class: 'problem', role: 'alert' })
  const run = h('button', { type: 'submit', class: 'primary run' }, 'Measure')
  // Not disabled while there is nothing to stop: it would lose the focus of who presses it.
  const halt = h(
    'button',
    { type: 'button', 'aria-disabled': 'true', onclick: () => isBusy() && stop() },
    'Stop',
  )
  const bar = h('progress', { max: 1, value: 0, 'aria-label': 'Measured so far' })
  const status = h(
    'p',
    { class: 'status', role: 'status', 'data-state': 'idle' },
    'Nothing is measured yet. Keep this tab in front while it is.',
  )
  const now = h('p', { class: 'counter' })

  const isBusy = (): boolean => run.ariaBusy === 'true'

  const setBusy = (isBusy: boolean): void => {
    run.ariaBusy = String(isBusy)
    halt.setAttribute('aria-disabled', String(!isBusy))
  }

  const submit = (event: Event): void => {
    event.preventDefault()
    if (isBusy()) return
    const chosen = boxes.filter(({ box }) => box.checked).map(({ place }) => place)
    problem.textContent = chosen.length > 0 ? '' : 'Choose a place to measure at.'
    const plan = plans[length.value]
    if (chosen.length > 0 && plan) start(chosen, rounds >= 1 ? { ...plan, rounds } : plan)
  }

  const choices = boxes.map(({ place, box }) =>
    h('label', { class: 'check' }, box, h('span', {}, place.title)),
  )

  return {
    element: h(
      'form',
      { class: 'controls', onsubmit: submit },
      h('fieldset', {}, h('legend', {}, 'The other side is in a'), ...choices),
      h('div', { class: 'length-choice' }, h('label', { for: 'length' }, 'How thorough'), length),
      h('div', { class: 'actions' }, run, halt),
      problem,
      h('div', { class: 'far' }, status, bar, now),
    ),
    begin() {
      setBusy(true)
      bar.value = 0
      status.dataset['state'] = 'running'
      status.textContent = 'Measuring …'
    },
    progress(share, text) {
      bar.value = share
      now.textContent = text
    },
    end(state, text) {
      setBusy(false)
      status.dataset['state'] = state
      status.textContent = text
      now.textContent = ''
    },
  }
}
