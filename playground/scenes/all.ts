import type { Kind } from '../connections/connection.ts'
import { callbackScenes } from './callbacks.ts'
import { eventScenes } from './events.ts'
import { rpcScenes } from './rpc.ts'
import type { DoorScenes } from './scene.ts'
import { wrapScenes } from './wrap.ts'

/** In the order of the README. */
export const doors: readonly DoorScenes[] = [wrapScenes, rpcScenes, eventScenes, callbackScenes]

/** What can be played over a connection, door by door. */
export const scenesFor = ({ id, opens }: Kind): readonly DoorScenes[] =>
  doors
    .filter(({ door }) => opens.includes(door))
    .map((entry) => ({ ...entry, scenes: entry.scenes.filter(({ on }) => !on || on.includes(id)) }))
