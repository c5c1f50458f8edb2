/** The AudioWorkletGlobalScope of a real browser, over the port of an AudioWorkletNode. */
import { expect, inject, onTestFinished, test } from 'vitest'
import { type RPC, rpcOf, wrap } from '../../src/index.ts'
import { start } from '../contract/fixture.ts'
import { realmSuite } from '../realms/suite.ts'

async function node(context: BaseAudioContext, name = 'served'): Promise<AudioWorkletNode> {
  await context.audioWorklet.addModule(`${inject('origins')[0]}/worklet.js`)
  const made = new AudioWorkletNode(context, name)
  onTestFinished(() => made.disconnect())
  return made
}

const offline = (): BaseAudioContext => new OfflineAudioContext(1, 128, 44_100)

// One that waits for a gesture to sound: its worklet runs all the same.
const online = (): BaseAudioContext => {
  const context = new AudioContext()
  onTestFinished(() => void context.close())
  return context
}

for (const [name, make] of [
  ['an AudioWorklet, offline', offline],
  ['an AudioWorklet', online],
] as const)
  realmSuite(
    name,
    async (methods): Promise<RPC> => start({ transport: (await node(make())).port, methods }),
    { timers: true },
  )

test('C52: expose and wrap of the documentation, and the calls change the sound', async () => {
  const context = new OfflineAudioContext(1, 1_280, 44_100)
  const made = await node(context, 'gain')
  made.connect(context.destination)
  const processor = wrap<{ setGain(gain: number): number }>(made.port)
  expect(await processor.setGain(0.5)).toBe(0.5)
  const sound = await context.startRendering()
  expect(sound.getChannelData(0).at(-1)).toBe(0.5)
  rpcOf(processor).destroy()
})
