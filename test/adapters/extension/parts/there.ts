/** What the contract finds at the other side, in the background worker and in a content script: the name of a port says what. */
import { extensionTransport, type PortLike } from '../../../../src/entries/extension.ts'
import { answerPlainly } from '../../../contract/plain.ts'
import { serve } from '../../../contract/service.ts'
import { bare } from '../../../windows/medium.ts'
import type { Chrome } from '../chrome.ts'

declare const chrome: Chrome

function run(port: PortLike): void {
  if (port.name === 'service') serve(bare(extensionTransport(port)), { disconnect: () => port.disconnect() })
  if (port.name === 'plain')
    port.onMessage.addListener((data) =>
      answerPlainly({ postMessage: (message) => port.postMessage(Object(message) as object) }, data),
    )
}

chrome.runtime.onConnect.addListener(run)
chrome.runtime.onConnectExternal?.addListener(run)
// For the page that is connected to.
chrome.runtime.onMessage.addListener((name) => {
  if (typeof name === 'string') run(chrome.runtime.connect({ name }))
})
