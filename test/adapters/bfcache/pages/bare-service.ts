/** Answers whoever says something; holds a lock if it is asked to. */
if (location.search === '?lock') void navigator.locks.request('bare', () => new Promise(() => {}))

addEventListener('message', ({ source }) => source?.postMessage('here'))
