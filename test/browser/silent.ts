/** Imported first by a page that is to end without a goodbye: `silence` of pages.ts says when. */
// The first that listens: who comes later hears nothing.
addEventListener('pagehide', (event) => {
  if (Reflect.get(window, 'isSilent') === true) event.stopImmediatePropagation()
})
