// One of the five: its state, its buttons, and its last calls.
import { h } from '../ui/dom.ts'
import { stateWords, toText } from '../ui/text.ts'
import { createLog } from './log.ts'
import { createPageSide } from './page-side.ts'
import type { Link, Place, State } from './places/place.ts'

/** Milliseconds of calls, and how many are under way at a time. */
const SPELL = 1_000
const WIDTH = 100
const KEPT_STATES = 6

export interface Card {
  readonly element: HTMLElement
  readonly place: Place
  /** @throws Error if it could not be opened. */
  readonly link: () => Link
  readonly open: () => void
}

export function createCard(place: Place): Card {
  const { id, title, about, setup, action } = place
  const state = h('p', { class: 'state', role: 'status', 'data-state': 'absent' })
  const history = h('ol', { class: 'history', 'aria-label': `${title}: states so far` })
  const seen = h('div', { class: 'seen' })
  const rate = h('p', { class: 'rate', role: 'status' })
  const log = createLog()
  const problem = h('p', { class: 'problem', role: 'alert' })
  let current: Link | undefined
  let now: State = 'absent'

  const link = (): Link => {
    if (current) return current
    throw new Error(`The ${title} is not open`)
  }

  const show = (next: State): void => {
    now = next
    element.dataset['state'] = next
    state.dataset['state'] = next
    state.replaceChildren(h('span', { class: 'visually-hidden' }, `${title}: `), stateWords[next])
    toggle.textContent = next === 'connected' ? 'Kill it' : 'Bring it back'
    toggle.setAttribute('aria-label', `${toggle.textContent}: ${title}`)
    history.append(h('li', { 'data-state': next }, stateWords[next]))
    while (history.children.length > KEPT_STATES) history.firstElementChild?.remove()
    // Its link is there when this has returned.
    if (next === 'connected') queueMicrotask(() => void log.watch('where()', () => link().call('where')))
  }

  const page = createPageSide({
    called: (method, args, answer) =>
      log.heard(`${method}(${args.map((one) => toText(one)).join(', ')})`, answer),
    paint: (hue) => element.style.setProperty('--hue', String(hue)),
  })

  const open = (): void => {
    problem.textContent = ''
    current?.close()
    current = undefined
    let isOld = false
    try {
      const opened = place.open({
        page,
        place: seen,
        // One that was replaced has nothing more to say.
        onState: (next) => isOld || show(next),
      })
      current = {
        ...opened,
        close() {
          isOld = true
          opened.close()
        },
      }
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error)
      show('absent')
    }
  }

  /** While a call is under way, so that one can see what becomes of it. */
  const kill = async (): Promise<void> => {
    const { call, kill } = link()
    void log.watch('wait()', () => call('wait'))
    // It has arrived when this is answered.
    await call('echo').catch(() => {})
    kill()
  }

  const spell = async (): Promise<void> => {
    if (spellButton.ariaBusy === 'true') return
    spellButton.ariaBusy = 'true'
    const { call } = link()
    const start = performance.now()
    let calls = 0
    try {
      while (performance.now() - start < SPELL) {
        await Promise.all(Array.from({ length: WIDTH }, (_, i) => call('echo', i)))
        calls += WIDTH
      }
      const perSecond = Math.round(calls / ((performance.now() - start) / 1_000))
      rate.replaceChildren(h('strong', {}, perSecond.toLocaleString('en')), ' calls/s')
    } catch {
      rate.textContent = `It ended after ${calls.toLocaleString('en')} calls`
    } finally {
      spellButton.ariaBusy = 'false'
    }
  }

  const button = (label: string, onclick: () => void): HTMLButtonElement =>
    h('button', { type: 'button', class: 'quiet', onclick, 'aria-label': `${label}: ${title}` }, label)

  const attempt = (step: () => unknown) => (): void => {
    problem.textContent = ''
    void Promise.resolve()
      .then(step)
      .catch((error: unknown) => (problem.textContent = String(error)))
  }
  const spellButton = button('1 s of calls', attempt(spell))
  const toggle = button(
    'Kill it',
    attempt(() => (now === 'connected' ? kill() : open())),
  )
  toggle.classList.add('toggle')

  const element: HTMLElement = h(
    'article',
    { class: 'panel five', id: `card-${id}` },
    h('div', { class: 'head' }, h('h2', {}, title), state),
    h('p', { class: 'about' }, about),
    h('pre', {}, h('code', {}, setup)),
    seen,
    h(
      'div',
      { class: 'buttons' },
      button(
        action.label,
        attempt(() => log.watch(action.code, () => action.run(link()))),
      ),
      button(
        'Let it call back',
        attempt(() => log.watch('askPage()', () => link().call('askPage'))),
      ),
    ),
    h('div', { class: 'spell' }, spellButton, rate),
    log.element,
    problem,
    h('div', { class: 'end' }, toggle, h('span', { class: 'how' }, place.kill)),
    history,
  )

  return { element, place, link, open }
}
