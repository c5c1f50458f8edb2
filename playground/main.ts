import './ui/tokens.css'
import './ui/page.css'
import './ui/calls.css'
import './ui/frames.css'
import './ui/form.css'
import type { PeerState } from 'portcall'
import { type Connection, connectWorker } from './connections/worker.ts'
import type { Api } from './peers/api.ts'
import { createPlayer } from './player.ts'
import { createRecorder } from './recorder.ts'
import type { Scene } from './scenes/scene.ts'
import { workerScenes } from './scenes/worker.ts'
import { byId, h } from './ui/dom.ts'
import { createOwnCallCard, type OwnCall } from './ui/own-call.ts'
import { type Card, createSceneCard } from './ui/scene-card.ts'
import { snippetElements } from './ui/snippets.ts'
import { toDuration } from './ui/text.ts'
import { setUpTheme } from './ui/theme.ts'

const peer = byId('peer', HTMLElement)
const runAll = byId('run-all', HTMLButtonElement)
const summary = byId('summary', HTMLElement)
const announcement = byId('announcement', HTMLElement)
const connectionButton = byId('connection', HTMLButtonElement)

const recorder = createRecorder()
const player = createPlayer<Api>(recorder, () => connection)
let connection: Connection<Api> = connect()

let running = Promise.resolve()

const cards = new Map<Scene<Api>, Card>()
const scenes = byId('scenes', HTMLElement)
for (const group of workerScenes) {
  scenes.append(h('h2', {}, group.title))
  for (const scene of group.scenes) {
    const card = createSceneCard(scene, () =>
      queue(card.element, () => report(announcement, () => playScene(scene, card))),
    )
    cards.set(scene, card)
    scenes.append(card.element)
  }
}
const own = createOwnCallCard((call) => void report(announcement, () => playOwn(call)))
scenes.append(h('h2', {}, 'Your turn'), own.element)
byId('snippets', HTMLElement).append(...snippetElements())
setUpTheme(byId('theme', HTMLButtonElement))
runAll.addEventListener('click', () => queue(runAll, () => report(summary, playAll)))
connectionButton.addEventListener('click', () => {
  if (connectionButton.dataset['action'] === 'close') connection.close()
  else connection = connect()
})

function connect(): Connection<Api> {
  return connectWorker({ recorder, hooks: player.hooks, onPeer: showPeer })
}

function showPeer(state: PeerState): void {
  const words: Record<PeerState, string> = {
    waiting: 'waiting for the worker',
    connected: 'connected',
    gone: 'the worker is gone',
    closed: 'closed',
  }
  peer.dataset['state'] = state
  peer.replaceChildren(h('span', { class: 'visually-hidden' }, 'Peer: '), words[state])
  const isOpen = state === 'waiting' || state === 'connected'
  connectionButton.dataset['action'] = isOpen ? 'close' : 'connect'
  connectionButton.textContent = isOpen ? 'Close' : 'Connect'
}

async function playScene(scene: Scene<Api>, card: Card): Promise<void> {
  card.clear()
  await player.play(card.board, scene.run)
}

async function playOwn({ method, params, timeout, isNotify }: OwnCall): Promise<void> {
  await player.play(own.board, ({ rpc, show }) =>
    show({ method, params, notify: isNotify, callbacks: ['viewport', 'progress'] }, async () =>
      rpc.invoke(method, params, { timeout, isNotify }),
    ),
  )
}

async function playAll(): Promise<void> {
  for (const [scene, card] of cards) await whileBusy(card.element, () => playScene(scene, card))
}

/** Play, and write into `place` what came of it: for those who see it, or for those who only hear it. */
async function report(place: HTMLElement, step: () => Promise<void>): Promise<void> {
  const before = { ...player.tally, frames: recorder.count }
  const start = performance.now()
  place.textContent = 'Running …'
  await step()
  const { calls, answered, failed, surprises } = player.tally
  const strange = surprises - before.surprises
  const parts = [
    `${calls - before.calls} calls in ${toDuration(performance.now() - start)}`,
    `${answered - before.answered} answered`,
    `${failed - before.failed} failed${strange === 0 ? ' as they should' : `, ${strange} not as expected`}`,
    `${recorder.count - before.frames} frames to look at`,
  ]
  place.textContent = parts.join(' · ')
}

/** What is started while something runs comes after it, so that each call shows its own frames. */
function queue(element: HTMLElement, step: () => Promise<void>): void {
  if (element.ariaBusy === 'true') return
  element.ariaBusy = 'true'
  running = running.then(() => whileBusy(element, step))
}

async function whileBusy(element: HTMLElement, step: () => Promise<void>): Promise<void> {
  element.ariaBusy = 'true'
  try {
    await step()
  } finally {
    element.ariaBusy = 'false'
  }
}
