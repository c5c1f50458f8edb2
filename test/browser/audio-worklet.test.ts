/** The AudioWorkletGlobalScope of a real browser, over the port of an AudioWorkletNode. */
import { inject, onTestFinished } from 'vitest'
import type { RPC } from '../../src/index.ts'
import { start } from '../contract/fixture.ts'
import { realmSuite } from '../realms/suite.ts'

async function node(): Promise<AudioWorkletNode> {
  const context = new OfflineAudioContext(1, 128, 44_100)
  await context.audioWorklet.addModule(`${inject('origins')[0]}/worklet.js`)
  const made = new AudioWorkletNode(context, 'served')
  onTestFinished(() => made.disconnect())
  return made
}

realmSuite(
  'an AudioWorklet',
  async (methods): Promise<RPC> => start({ transport: (await node()).port, methods }),
  { timers: true },
)
