import type { Id, Kind } from './connections/connection.ts'
import { windows } from './connections/window.ts'
import { worker } from './connections/worker.ts'
import { createView, type View } from './connection-view.ts'
import { createHashing } from './hashing.ts'
import { makeOwnCall } from './own.ts'
import { pageMethodNames } from './page-api.ts'
import { createRunner } from './runner.ts'
import { doors } from './scenes/all.ts'
import { byId, h } from './ui/dom.ts'
import { setupElement } from './ui/door-section.ts'
import { createMatrix } from './ui/matrix.ts'
import { createOwnCallCard, type OwnCall } from './ui/own-call.ts'
import { exampleElement, hashingSetup } from './ui/snippets.ts'
import { createTabs } from './ui/tabs.ts'
import { toDuration } from './ui/text.ts'
import { isDark, setUpTheme } from './ui/theme.ts'

/** Milliseconds that events are given to come of an event. */
const REPLY_MS = 300

const runAll = byId('run-all', HTMLButtonElement)
const announcement = byId('announcement', HTMLElement)
const calls = byId('calls', HTMLElement)

const kinds: readonly Kind[] = [worker, ...windows]
const matrix = createMatrix(kinds, doors, {
  start: (id) => views.get(id)?.start(),
  go(id, door) {
    tabs.select(id)
    views.get(id)?.show(door)
  },
})
const views = new Map<Id, View>(
  kinds.map((kind) => {
    const view = createView(kind, {
      onState: (state) => matrix.showState(kind.id, state),
      onResult: (...result) => matrix.showResult(kind.id, ...result),
      queue: (element, step) => runner.queue(element, () => runner.report(announcement, step)),
      told: (event) => {
        if (event === 'ready') tellTheme(view)
      },
    })
    return [kind.id, view]
  }),
)
const runner = createRunner([...views.values()].map(({ player }) => player.tally))
const tabs = createTabs(
  'Connection',
  kinds.map(({ id, title }) => ({ id, label: title, panel: views.get(id)?.calls ?? h('div') })),
)
const own = createOwnCallCard(kinds, (call) => void runner.report(announcement, () => playOwn(call)))

byId('matrix', HTMLElement).append(matrix.element)
byId('panels', HTMLElement).append(...[...views.values()].map(({ panel }) => panel))
calls.append(tabs.element)
byId('hashing', HTMLElement).append(setupElement(hashingSetup), createHashing().element)
byId('own-call', HTMLElement).append(own.element)
setUpTheme(byId('theme', HTMLButtonElement), () => {
  for (const view of views.values()) if (view.connection.state === 'connected') tellTheme(view)
})
runAll.addEventListener('click', () =>
  runner.queue(runAll, () => runner.report(byId('summary', HTMLElement), playAll)),
)
for (const view of views.values()) if (view.connection.starts) view.start()
void showExample()

/** Peers of another origin cannot read what was chosen here. */
function tellTheme({ connection }: View): void {
  connection.doors.events.emit('theme', isDark() ? 'dark' : 'light')
}

async function playAll(): Promise<void> {
  for (const view of views.values()) await view.playAll()
}

async function playOwn(call: OwnCall): Promise<void> {
  const { door, method, params, isNotify: notify } = call
  const view = views.get(call.id)
  try {
    if (view?.connection.state === 'absent') view.connection.start()
    await view?.player.play(door, own.board, async ({ doors, show }) => {
      const shown = { method, params, notify, open: true, callbacks: pageMethodNames }
      await show(shown, () => makeOwnCall(doors, call))
      // Events that come of it are shown with it, as nothing else tells that they do.
      if (door === 'event') await new Promise((resolve) => setTimeout(resolve, REPLY_MS))
    })
    own.show('ok')
  } catch (error) {
    own.show('bad', error)
  }
}

/** The six lines that are shown, run. */
async function showExample(): Promise<void> {
  const live = h('p', { class: 'live' }, '…')
  byId('example', HTMLElement).append(exampleElement(live))
  // When the iframes have loaded and nothing else is in its way.
  const started = [...views.values()].filter(({ connection }) => connection.starts)
  await Promise.allSettled(started.map(({ connection }) => connection.doors.shared.connect(5_000)))
  const { remote } = views.get('worker')?.connection.doors ?? {}
  const start = performance.now()
  const sum = await remote?.add(1, 2)
  live.replaceChildren(
    h('code', {}, String(sum)),
    h('span', {}, `just now, from the worker of this page, in ${toDuration(performance.now() - start)}`),
  )
}
