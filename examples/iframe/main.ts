import { expose, windowTransport, withOptions, wrap } from 'portcall'
import { WIDGET_ORIGIN } from './origins'
import type { api } from './widget'

const frame = document.querySelector('iframe')!
const output = document.querySelector('output')!
const button = (id: string): HTMLButtonElement => document.querySelector(`button#${id}`)!

const hostApi = { resize: (height: number) => void (frame.height = String(height)) }
export type HostApi = typeof hostApi

frame.src = `${WIDGET_ORIGIN}/widget.html`
const transport = windowTransport(frame, { origin: WIDGET_ORIGIN })
const widget = wrap<typeof api>(transport)
expose(hostApi, transport)

let controller = new AbortController()
button('ask').addEventListener('click', () => void ask())
button('stop').addEventListener('click', () => controller.abort())
button('reload').addEventListener('click', () => (frame.src = `${WIDGET_ORIGIN}/widget.html`))

async function ask(): Promise<void> {
  controller.abort()
  controller = new AbortController()
  const { signal } = controller
  output.value = 'Waiting for a choice …'
  try {
    const colour = await withOptions(widget, { signal }).choose('Which one?', ['teal', 'plum', 'orange'])
    output.value = `You chose ${colour}`
    output.style.color = colour
  } catch (error) {
    // Unless the next question is asked already.
    if (signal === controller.signal) output.value = signal.aborted ? 'Never mind' : String(error)
  }
}
