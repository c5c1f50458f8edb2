import { get, wrap } from 'portcall'
import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import type { api } from './worker'

const worker = wrap<typeof api>(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }))

function App() {
  const [sum, setSum] = useState<number>()
  useEffect(() => {
    void worker.add(1, 2).then(setSum)
  }, [])
  useEffect(() => {
    if (sum !== undefined) void show()
  }, [sum])
  return <p>{sum}</p>
}

let shown = false

async function show() {
  // React's strict mode runs each effect twice.
  if (shown) return
  shown = true
  console.log(document.querySelector('p')?.textContent)
  for await (const n of worker.count(3)) console.log('item', n)
  await worker.index(['a', 'b'], (done) => console.log('done', done), {
    signal: new AbortController().signal,
  })
  const counter = await worker.counter()
  console.log(await counter.add(2), await get(counter, 'value'))
  await worker.fail().catch((error) => console.log(error instanceof RangeError, error.message))
}

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
