import { rpcOf, wrap } from 'portcall'
import { extensionTransport, serve } from 'portcall/extension'

serve({
  words: () => ({
    title: document.title,
    words: document.body.innerText.split(/\s+/).filter(Boolean).length,
  }),
})

const background = wrap(extensionTransport(() => chrome.runtime.connect(), { reconnect: false }))
void background.visit(document.title).finally(() => rpcOf(background).destroy())
