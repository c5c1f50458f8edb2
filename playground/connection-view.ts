// One connection in the page: its panel, its scenes door by door, and what came of them.
import { type Connection, createConnection, type Kind, type State } from './connections/connection.ts'
import type { Door } from './page-api.ts'
import { createPlayer, type Player } from './player.ts'
import { scenesFor } from './scenes/all.ts'
import type { Scene } from './scenes/scene.ts'
import { createPanel } from './ui/connection-panel.ts'
import { h } from './ui/dom.ts'
import { createDoorSection } from './ui/door-section.ts'
import type { CellState } from './ui/matrix.ts'
import { type Card, createSceneCard } from './ui/scene-card.ts'

/** Milliseconds that a peer is given to be there. */
const PATIENCE = 10_000

export interface View {
  readonly connection: Connection
  readonly player: Player
  /** Its state, and what there is to see of it. */
  readonly panel: HTMLElement
  /** Its scenes. */
  readonly calls: HTMLElement
  /** Play all of them, if it is there or can be started without being asked. */
  readonly playAll: () => Promise<void>
  readonly show: (door: Door) => void
  /** Start it, or say why that fails. */
  readonly start: () => void
}

export interface ViewOptions {
  readonly onState: (state: State) => void
  readonly onResult: (door: Door, state: CellState, calls: number, strange: number) => void
  /** Run `step` when nothing else runs. */
  readonly queue: (element: HTMLElement, step: () => Promise<void>) => void
  /** An event was heard. */
  readonly told: (event: string) => void
}

interface Play {
  readonly door: Door
  readonly scene: Scene
  readonly card: Card
  calls: number
  strange: number
}

export function createView(kind: Kind, { onState, onResult, queue, told }: ViewOptions): View {
  const panel = createPanel(kind, {
    start: () => connection.start(),
    end: () => connection.end(),
    reload: () => connection.reload(),
  })
  const player = createPlayer(() => connection, panel.board, told)
  const connection: Connection = createConnection(kind, {
    place: panel.place,
    hooks: player.hooks,
    onState(state) {
      panel.showState(state, connection.canReload)
      onState(state)
    },
  })
  const plays: Play[] = []

  const result = (door: Door, isRunning: boolean): void => {
    const those = plays.filter((play) => play.door === door)
    const calls = those.reduce((sum, play) => sum + play.calls, 0)
    const strange = those.reduce((sum, play) => sum + play.strange, 0)
    onResult(door, isRunning ? 'running' : strange > 0 ? 'bad' : 'ok', calls, strange)
  }

  /** Play it, and note what came of it; `failure` is why it cannot be played. */
  const play = async (one: Play, failure?: unknown): Promise<void> => {
    const { door, scene, card } = one
    const { tally } = player
    const { calls, strange } = tally
    let problem = failure
    card.clear()
    card.show('running')
    try {
      if (problem === undefined) await player.play(door, card.board, scene.run)
    } catch (error) {
      problem = error
    }
    if (problem !== undefined) tally.strange++
    one.calls = tally.calls - calls
    one.strange = tally.strange - strange
    card.show(one.strange > 0 ? 'bad' : 'ok', problem)
  }

  const untilConnected = async (): Promise<void> => {
    if (connection.state !== 'connected' && connection.state !== 'waiting') connection.start()
    await connection.doors.shared.connect(PATIENCE)
  }

  const playThese = async (these: readonly Play[]): Promise<void> => {
    const failure = await untilConnected().catch((error: unknown) => error)
    for (const [index, one] of these.entries()) {
      result(one.door, true)
      one.card.element.ariaBusy = 'true'
      await play(one, failure)
      one.card.element.ariaBusy = 'false'
      result(one.door, these[index + 1]?.door === one.door)
    }
  }

  const sections = scenesFor(kind).map((entry) => {
    const { door, scenes } = entry
    const cards = scenes.map((scene) => {
      const code = scene.code(kind.variable)
      const card: Card = createSceneCard({ ...scene, code }, () =>
        queue(card.element, () => playThese([one])),
      )
      const one: Play = { door, scene, card, calls: 0, strange: 0 }
      plays.push(one)
      return card.element
    })
    return createDoorSection(`${kind.id}-${door}`, entry, kind.setup[door], cards)
  })

  return {
    connection,
    player,
    panel: panel.element,
    calls: h('div', { class: 'scenes' }, ...sections),
    async playAll() {
      if (kind.starts || connection.state === 'connected') await playThese(plays)
    },
    start: () => panel.start(),
    show(door) {
      const heading = document.getElementById(`door-${kind.id}-${door}`)
      heading?.scrollIntoView()
      heading?.focus({ preventScroll: true })
    },
  }
}
