/** The framing side: makes calls both ways over all ways at once, and tells how many came and went. */
import { openAll, type Ways } from './libraries.ts'

export interface Report {
  /** Results of the calls of this page, and of those that the frame made when it was asked to. */
  readonly results: Readonly<
    Record<string, { readonly sums: readonly number[]; readonly back: readonly number[] }>
  >
  readonly calls: Readonly<Record<string, number>>
  readonly events: readonly number[]
  readonly told: readonly string[]
  /** Of the frame. */
  readonly frame: unknown
}

declare global {
  var run: (frameUrl: string, count: number) => Promise<Report>
}

const load = (url: string): Promise<Window> =>
  new Promise((resolve, reject) => {
    const frame = document.createElement('iframe')
    frame.src = url
    // Before it has loaded, Chromium prints an error for each message to its future origin.
    frame.addEventListener('load', () => {
      if (frame.contentWindow) resolve(frame.contentWindow)
      else reject(new Error('The iframe has no window'))
    })
    document.body.append(frame)
  })

globalThis.run = async (frameUrl, count) => {
  const target = await load(frameUrl)
  const { ways, events, told } = await openAll(target, new URL(frameUrl).origin)
  const returned: number[] = []
  events.on('re:do_something', (n: number) => returned.push(n))
  for (let i = 0; i < count; i++) events.emit('do_something', i)

  const names = Object.keys(ways) as (keyof Ways)[]
  const results = await Promise.all(
    names.map(async (name) => {
      const { peer } = ways[name]
      const back = peer.callBack(count)
      const sums = await Promise.all(Array.from({ length: count }, (_, i) => peer.add(i, i)))
      return [name, { sums, back: await back }] as const
    }),
  )
  const frame = new Promise((resolve) => events.on('re:report', resolve))
  events.emit('report')
  return {
    results: Object.fromEntries(results),
    frame: await frame,
    calls: Object.fromEntries(names.map((name) => [name, ways[name].calls()])),
    events: returned,
    told,
  }
}
