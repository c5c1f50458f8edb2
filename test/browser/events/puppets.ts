import { within } from '../../contract/fixture.ts'
import { address, forThisTest, type Frame, nextMessage, openFrame } from './frames.ts'
import type { Order } from './puppet.ts'

/** A page that posts what the test tells it to. */
export interface Puppet extends Frame {
  /** Let it post these to the test's window; resolves when all of them have arrived. */
  readonly say: (...messages: unknown[]) => Promise<void>
  /** What it heard, besides what it was told to say. */
  readonly heard: unknown[]
  /** Load it under another origin, in the same window. */
  readonly moveTo: (origin: string) => Promise<void>
}

const has = (name: string) => (data: unknown) => typeof data === 'object' && data !== null && name in data

/** A puppet of that origin in an iframe, loaded; the test's end removes it. */
export async function openPuppet(origin: string): Promise<Puppet> {
  return forThisTest(await loadPuppet(origin))
}

/** A puppet of that origin in an iframe, loaded. */
export async function loadPuppet(origin: string): Promise<Puppet> {
  const { frame, target, close } = openFrame(address('puppet.html', origin))
  const heard: unknown[] = []
  const listener = ({ source, data }: MessageEvent<{ heard?: unknown }>): void => {
    if (source === target && has('heard')(data)) heard.push(data.heard)
  }
  addEventListener('message', listener)
  const loaded = (): Promise<unknown> => within(45_000, nextMessage(target, has('loaded')))
  await loaded()
  return {
    frame,
    target,
    heard,
    close() {
      removeEventListener('message', listener)
      close()
    },
    async say(...messages) {
      const token = crypto.randomUUID()
      const said = nextMessage(target, (data) => (Object(data) as { said?: unknown }).said === token)
      const order: Order = { say: messages, token }
      target.postMessage(order, '*')
      await within(45_000, said)
    },
    async moveTo(next) {
      frame.src = address('puppet.html', next)
      await loaded()
    },
  }
}
