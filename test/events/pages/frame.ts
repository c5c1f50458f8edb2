/** The framed side: answers over all ways, calls back when it is asked to, and returns each event. */
import { openAll } from './libraries.ts'

const origin = new URLSearchParams(location.search).get('origin')
if (origin === null) throw new Error('This page needs to be told the origin of its parent')

void openAll(window.parent, origin).then(({ events, ways, told }) => {
  events.on('do_something', (n: number) => events.emit('re:do_something', n))
  events.on('report', () =>
    events.emit('re:report', {
      calls: Object.fromEntries(Object.entries(ways).map(([name, { calls }]) => [name, calls()])),
      told,
    }),
  )
})
