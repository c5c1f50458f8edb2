// The form for a call of the visitor's own, over any connection by any door.
import type { Id, Kind } from '../connections/connection.ts'
import type { Door } from '../page-api.ts'
import { doors } from '../scenes/all.ts'
import { h } from './dom.ts'
import { type Card, createCard } from './scene-card.ts'

export interface OwnCall {
  readonly id: Id
  readonly door: Door
  readonly method: string
  readonly params: readonly unknown[] | { readonly [name: string]: unknown } | null
  readonly timeout: number
  readonly isNotify: boolean
}

const examples: Readonly<Record<Door, readonly (readonly [method: string, params: string])[]>> = {
  wrap: [
    ['greet', '{ "name": "Grace" }'],
    ['sum', '[1, 2, 3]'],
    ['describeWindow', ''],
    ['account.withdraw', '[100]'],
    ['sleep', '[2000]'],
  ],
  rpc: [
    ['math.max', '[3, 1, 2]'],
    ['greet', '{ "name": "Grace" }'],
    ['tour', ''],
    ['launch', '["now"]'],
    ['sleep', '[2000]'],
  ],
  event: [
    ['ping', '["hello", 1]'],
    ['theme', '["dark"]'],
  ],
  callback: [
    ['myapp.divide', '[1, 3]'],
    ['myapp.divide', '[1, 0]'],
    ['myapp.ask', '["life"]'],
  ],
}

const plainText = { autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' }

export function createOwnCallCard(kinds: readonly Kind[], call: (own: OwnCall) => void): Card {
  const connection = h(
    'select',
    { id: 'own-connection', onchange: () => offer() },
    ...kinds.map(({ id, title }) => h('option', { value: id }, title)),
  )
  const door = h(
    'select',
    { id: 'own-door', onchange: () => offer() },
    ...doors.map((entry) => h('option', { value: entry.door }, entry.title)),
  )
  const method = h('input', { id: 'own-method', list: 'own-methods', required: true, ...plainText })
  const params = h('textarea', {
    id: 'own-params',
    rows: 2,
    'aria-describedby': 'own-problem own-hint',
    ...plainText,
  })
  const timeout = h('input', { id: 'own-timeout', type: 'number', min: 0, step: 100, value: 1_000 })
  const notify = h('input', { id: 'own-notify', type: 'checkbox' })
  const problem = h('p', { id: 'own-problem', class: 'problem', role: 'alert' })
  const chips = h('div', { class: 'chips', role: 'group', 'aria-label': 'Fill in an example' })
  const methods = h('datalist', { id: 'own-methods' })
  const chosen = (): Door => doors.find((entry) => entry.door === door.value)?.door ?? 'wrap'
  const kind = (): Kind | undefined => kinds.find(({ id }) => id === connection.value)

  const fill = (name: string, text: string): void => {
    method.value = name
    params.value = text
    problem.textContent = ''
    params.removeAttribute('aria-invalid')
  }

  /** Show what goes with the connection and the door. */
  const offer = (): void => {
    for (const option of door.options)
      option.disabled = !kind()?.opens.some((entry) => entry === option.value)
    if (door.selectedOptions[0]?.disabled) door.value = 'wrap'
    const offered = examples[chosen()]
    const [first] = offered
    if (first) fill(...first)
    chips.replaceChildren(
      ...offered.map(([name, text]) => {
        const label = offered.filter(([other]) => other === name).length > 1 ? `${name} ${text}` : name
        return h('button', { type: 'button', class: 'chip', onclick: () => fill(name, text) }, label)
      }),
    )
    methods.replaceChildren(...[...new Set(offered.map(([name]) => name))].map(optionOf))
    timeout.disabled = chosen() === 'event' || chosen() === 'callback'
    notify.disabled = chosen() === 'event'
  }

  const submit = (event: Event): void => {
    event.preventDefault()
    const parsed = parse(params.value)
    const name = method.value.trim()
    const { id } = kind() ?? {}
    problem.textContent = name === '' ? 'Write the name of a method' : parsed.problem
    params.setAttribute('aria-invalid', String(parsed.problem !== ''))
    if (problem.textContent || !id) return (name === '' ? method : params).focus()
    call({
      id,
      door: chosen(),
      method: name,
      params: parsed.params,
      timeout: Number(timeout.value) || 0,
      isNotify: notify.checked || chosen() === 'event',
    })
  }

  const form = h(
    'form',
    { onsubmit: submit, novalidate: true },
    h(
      'div',
      { class: 'choices' },
      h('div', {}, h('label', { for: 'own-connection' }, 'Connection'), connection),
      h('div', {}, h('label', { for: 'own-door' }, 'Door'), door),
    ),
    chips,
    h('label', { for: 'own-method' }, 'Method or event'),
    method,
    methods,
    h('label', { for: 'own-params' }, 'Params, as JSON'),
    params,
    h(
      'p',
      { id: 'own-hint', class: 'hint' },
      'An array is spread, an object is one argument, empty is none.',
    ),
    problem,
    h(
      'div',
      { class: 'options' },
      h('label', { for: 'own-timeout' }, 'Timeout (ms)', timeout),
      h('label', { class: 'check', for: 'own-notify' }, notify, 'Notification'),
    ),
    h('button', { type: 'submit', class: 'primary run' }, 'Call'),
  )
  const text = {
    title: 'Write your own',
    about: 'Any method with any params. Try one that does not exist, or a deadline that is too short.',
    empty: 'Your calls appear here.',
    heading: 'h3' as const,
  }
  offer()
  const card = createCard(text, form)
  card.element.id = 'own'
  return card
}

const optionOf = (value: string): HTMLElement => h('option', { value })

function parse(text: string): { params: OwnCall['params']; problem: string } {
  if (!text.trim()) return { params: null, problem: '' }
  try {
    const params: unknown = JSON.parse(text)
    if (Array.isArray(params)) return { params, problem: '' }
    if (isFields(params)) return { params, problem: '' }
    return { params: null, problem: `Params are an array or an object: write [${text.trim()}]` }
  } catch (error) {
    return {
      params: null,
      problem: `This is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

const isFields = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null
