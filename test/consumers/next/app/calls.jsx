'use client'
import { get, wrap } from 'portcall'
import { useEffect } from 'react'

export function Calls({ max }) {
  useEffect(() => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
    void show(wrap(worker), max)
    return () => worker.terminate()
  }, [max])
  return <p>{max}</p>
}

async function show(worker, max) {
  console.log('from the server', max)
  console.log(await worker.add(1, 2))
  for await (const n of worker.count(3)) console.log('item', n)
  await worker.index(['a', 'b'], (done) => console.log('done', done), {
    signal: new AbortController().signal,
  })
  const counter = await worker.counter()
  console.log(await counter.add(2), await get(counter, 'value'))
  await worker.fail().catch((error) => console.log(error instanceof RangeError, error.message))
}
