import { callContext, expose, windowTransport, withOptions, wrap } from 'portcall'
import type { HostApi } from './main'
import { HOST_ORIGIN } from './origins'

const question = document.querySelector('#question')!
const choices = document.querySelector('#choices')!

const transport = windowTransport(parent, { origin: HOST_ORIGIN })
const host = wrap<HostApi>(transport)

export const api = {
  async choose(text: string, options: string[]) {
    const { signal } = callContext()
    question.textContent = text
    try {
      return await new Promise<string>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        choices.replaceChildren(...options.map((option) => choice(option, resolve)))
        fit()
      })
    } finally {
      question.textContent = 'Nothing to choose'
      choices.replaceChildren()
      fit()
    }
  },
}

expose(api, transport)
fit()

function choice(option: string, choose: (option: string) => void): HTMLElement {
  const button = document.createElement('button')
  button.textContent = option
  button.addEventListener('click', () => choose(option))
  return button
}

function fit(): void {
  void withOptions(host, { isNotify: true }).resize(document.documentElement.offsetHeight + 16)
}
