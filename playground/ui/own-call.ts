// The form for a call of the visitor's own.
import { type Card, createCard } from './scene-card.ts'
import { h } from './dom.ts'

export interface OwnCall {
  readonly method: string
  readonly params: readonly unknown[] | { readonly [name: string]: unknown } | null
  readonly timeout: number
  readonly isNotify: boolean
}

const examples = [
  ['sum', '[1, 2, 3]'],
  ['greet', '{ "name": "Grace" }'],
  ['sleep', '[2000]'],
  ['account.withdraw', '[100]'],
  ['describeWindow', ''],
] as const

export function createOwnCallCard(call: (own: OwnCall) => void): Card {
  const method = h('input', {
    id: 'own-method',
    list: 'own-methods',
    required: true,
    value: 'greet',
    ...plainText,
  })
  const params = h('textarea', {
    id: 'own-params',
    rows: 2,
    'aria-describedby': 'own-problem own-hint',
    ...plainText,
  })
  params.value = '{ "name": "Grace" }'
  const timeout = h('input', { id: 'own-timeout', type: 'number', min: 0, step: 100, value: 1_000 })
  const notify = h('input', { id: 'own-notify', type: 'checkbox' })
  const problem = h('p', { id: 'own-problem', class: 'problem', role: 'alert' })

  const submit = (event: Event): void => {
    event.preventDefault()
    const parsed = parse(params.value)
    problem.textContent = parsed.problem
    params.setAttribute('aria-invalid', String(parsed.problem !== ''))
    if (parsed.problem) return params.focus()
    call({
      method: method.value.trim(),
      params: parsed.params,
      timeout: Number(timeout.value) || 0,
      isNotify: notify.checked,
    })
  }

  const fill = (name: string, text: string): void => {
    method.value = name
    params.value = text
    problem.textContent = ''
    params.removeAttribute('aria-invalid')
  }

  const chips = examples.map(([name, text]) =>
    h('button', { type: 'button', class: 'chip', onclick: () => fill(name, text) }, name),
  )
  const form = h(
    'form',
    { onsubmit: submit, novalidate: true },
    h('div', { class: 'chips', role: 'group', 'aria-label': 'Fill in an example' }, ...chips),
    h('label', { for: 'own-method' }, 'Method'),
    method,
    h('datalist', { id: 'own-methods' }, ...examples.map(([name]) => h('option', { value: name }))),
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
  }
  const card = createCard(text, form)
  card.element.id = 'own'
  return card
}

const plainText = { autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' }

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
