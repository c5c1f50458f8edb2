import { expose, withOptions, wrap } from 'portcall'
import type { api } from './worker'

const form = document.querySelector('form')!
const bar = document.querySelector('progress')!
const output = document.querySelector('output')!

const pageApi = { progress: (share: number) => void (bar.value = share) }
export type PageApi = typeof pageApi

const endpoint = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
const worker = wrap<typeof api>(endpoint)
expose(pageApi, endpoint)

let controller = new AbortController()
form.addEventListener('submit', (event) => {
  event.preventDefault()
  void count(Number(new FormData(form).get('limit')))
})
form.querySelector<HTMLButtonElement>('[name=stop]')!.addEventListener('click', () => controller.abort())

async function count(limit: number): Promise<void> {
  controller.abort()
  controller = new AbortController()
  const { signal } = controller
  output.value = 'Counting …'
  try {
    output.value = `${await withOptions(worker, { signal }).countPrimes(limit)} primes up to ${limit}`
  } catch (error) {
    // Unless the next count runs already.
    if (signal === controller.signal) output.value = signal.aborted ? 'Stopped' : String(error)
  }
}

output.value = `1 + 2 = ${await worker.add(1, 2)}`
