import { callContext, rpcOf, wrap } from 'portcall'
import { extensionTransport, serve } from 'portcall/extension'

const visited = new Map()

// Before the first await: a worker that was stopped is started for who connects.
serve({
  /** From a content script. Which tab that is, the browser says. */
  visit: (title) => void visited.set(callContext().transport.sender.tabId, title),
  visits: () => visited.size,
  /** For the popup. */
  async *pages() {
    for (const { id } of await chrome.tabs.query({})) {
      // A tab without our content script has no words.
      const page = await ask(id, (content) => content.words()).catch(() => undefined)
      if (page) yield page
    }
  },
})

/** Over a port of its own, which is closed when the answer is there. */
async function ask(tab, question) {
  const page = wrap(extensionTransport(() => chrome.tabs.connect(tab), { reconnect: false }))
  try {
    return await question(page)
  } finally {
    rpcOf(page).destroy()
  }
}
