// Files to choose, how far their hashing is, and what came of it.
import type { Hashed, Progress } from '../peers/hashing.ts'
import { sampleFiles, sampleSize } from '../sample.ts'
import { h } from './dom.ts'
import { toDuration, toSize } from './text.ts'

export interface HashingCard {
  readonly element: HTMLElement
  /** Take away what is there, show this row, and say what begins. */
  begin(row: HTMLElement, text: string): void
  progress(progress: Progress): void
  add(hashed: Hashed): void
  addRow(row: HTMLElement): void
  /** Say what came of it; what stands between backticks is code. */
  end(state: 'ok' | 'aborted' | 'bad', text: string): void
}

export interface HashingActions {
  /** None: those of the sample. */
  readonly hash: (files: readonly File[]) => void
  readonly cancel: () => void
}

export function createHashingCard({ hash, cancel }: HashingActions): HashingCard {
  const input = h('input', { id: 'hashing-files', type: 'file', multiple: true, onchange: () => offer() })
  const hint = h('p', { id: 'hashing-hint', class: 'hint' })
  const clear = h('button', { type: 'button', class: 'quiet', onclick: () => choose() }, 'Take the sample')
  const start = h('button', { type: 'submit', class: 'primary run' }, 'Hash')
  // Not disabled while there is nothing to cancel: it would lose the focus of who presses it.
  const stop = h(
    'button',
    { type: 'button', 'aria-disabled': 'true', onclick: () => isBusy() && cancel() },
    'Cancel',
  )
  const status = h('p', { class: 'status', role: 'status', 'data-state': 'idle' }, 'Nothing is hashed yet.')
  const bar = h('progress', { max: 1, value: 0, 'aria-label': 'Hashed so far' })
  const counter = h('p', { class: 'counter' })
  const results = h('ol', { class: 'hashes', 'aria-label': 'SHA-256 of each file' })
  const rows = h('div', { class: 'rows' })

  const isBusy = (): boolean => start.ariaBusy === 'true'

  const setBusy = (isBusy: boolean): void => {
    start.ariaBusy = String(isBusy)
    stop.setAttribute('aria-disabled', String(!isBusy))
  }

  const offer = (): void => {
    const files = [...(input.files ?? [])]
    const size = toSize(files.reduce((sum, file) => sum + file.size, 0))
    hint.textContent = files.length
      ? `Chosen: ${size} in all. They stay in this browser.`
      : `None chosen: ${sampleFiles.length} files of a sample are made, ${toSize(sampleSize)} in all.`
    clear.hidden = files.length === 0
  }

  const choose = (): void => {
    input.value = ''
    offer()
    input.focus()
  }

  const submit = (event: Event): void => {
    event.preventDefault()
    if (!isBusy()) hash([...(input.files ?? [])])
  }

  const form = h(
    'form',
    { onsubmit: submit },
    h('label', { for: 'hashing-files' }, 'Files'),
    input,
    hint,
    h('div', { class: 'actions' }, start, stop, clear),
  )
  input.setAttribute('aria-describedby', 'hashing-hint')
  offer()

  return {
    element: h(
      'article',
      { class: 'card', id: 'hasher' },
      h(
        'div',
        { class: 'about' },
        h('h3', {}, 'SHA-256, chunk by chunk'),
        h(
          'p',
          {},
          'The worker reads a chunk, hashes it, and reports. It has some lines of SHA-256 of its own: crypto.subtle takes a whole file at once and can neither tell how far it is nor be stopped.',
        ),
        form,
      ),
      h('div', { class: 'calls' }, status, h('div', { class: 'far' }, bar, counter), results, rows),
    ),
    begin(row, text) {
      setBusy(true)
      status.dataset['state'] = 'running'
      status.textContent = text
      counter.textContent = ''
      bar.value = 0
      results.replaceChildren()
      rows.replaceChildren(row)
    },
    progress({ name, bytes, total }) {
      bar.value = total > 0 ? bytes / total : 1
      counter.textContent = `${toSize(bytes)} of ${toSize(total)} · ${name}`
    },
    add({ name, hash, bytes, ms }) {
      const facts = `${toSize(bytes)} · ${toDuration(ms)}`
      results.append(
        h(
          'li',
          {},
          h('span', { class: 'name' }, name),
          h('span', { class: 'took' }, facts),
          h('code', { class: 'hash' }, hash),
        ),
      )
    },
    addRow: (row) => rows.append(row),
    end(state, text) {
      setBusy(false)
      status.dataset['state'] = state
      status.replaceChildren(
        ...text.split('`').map((part, index) => (index % 2 === 0 ? part : h('code', {}, part))),
      )
    },
  }
}
