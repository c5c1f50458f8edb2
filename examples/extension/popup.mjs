import { wrap } from 'portcall'
import { extensionTransport } from 'portcall/extension'

// Made anew when the worker was stopped.
const background = wrap(extensionTransport(() => chrome.runtime.connect()))

async function show() {
  for await (const { title, words } of background.pages()) {
    const item = document.createElement('li')
    item.textContent = `${title}: ${words} words`
    document.querySelector('ul').append(item)
  }
  document.querySelector('output').value = `${await background.visits()} pages since the worker was started`
}

void show()
