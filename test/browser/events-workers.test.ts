/** RPCMessageEvent over the workers and channels of a browser. */
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { RPCMessageEvent } from '../../src/index.ts'
import { start, within } from '../contract/fixture.ts'
import { countOnTarget } from '../contract/listeners.ts'
import { type Crossing, crossing, hearing, moving } from '../events/crossing.ts'
import type { Kind } from '../events/other-side.ts'
import { address, forThisTest, nextMessage, openFrame, origins } from './events/frames.ts'

const overWorker = (kind: Kind): Crossing => {
  // Vite finds worker scripts by this literal form only.
  const worker =
    kind === 'rpc'
      ? new Worker(new URL('./events/worker.ts', import.meta.url), { type: 'module', name: 'rpc' })
      : new Worker(new URL('./events/worker.ts', import.meta.url), { type: 'module', name: 'events' })
  return {
    currentEndpoint: worker,
    targetEndpoint: worker,
    listeners: countOnTarget(worker),
    close: () => worker.terminate(),
  }
}

const overSharedWorker = (kind: Kind): Crossing => {
  const { port } =
    kind === 'rpc'
      ? new SharedWorker(new URL('./events/shared-worker.ts', import.meta.url), {
          type: 'module',
          name: 'rpc',
        })
      : new SharedWorker(new URL('./events/shared-worker.ts', import.meta.url), {
          type: 'module',
          name: 'events',
        })
  return {
    currentEndpoint: port,
    targetEndpoint: port,
    listeners: countOnTarget(port),
    close: () => port.close(),
  }
}

const portsWorker = (): Worker =>
  new Worker(new URL('./events/ports.ts', import.meta.url), { type: 'module' })

const overPort = (kind: Kind): Crossing => {
  const worker = portsWorker()
  const { port1, port2 } = new MessageChannel()
  worker.postMessage({ kind, port: port2 }, [port2])
  return {
    currentEndpoint: port1,
    targetEndpoint: port1,
    listeners: countOnTarget(port1),
    close() {
      port1.close()
      worker.terminate()
    },
  }
}

const overBroadcastChannel = (kind: Kind): Crossing => {
  const worker = portsWorker()
  const channel = new BroadcastChannel(crypto.randomUUID())
  worker.postMessage({ kind, channel: channel.name })
  return {
    currentEndpoint: channel,
    targetEndpoint: channel,
    listeners: countOnTarget(channel),
    close() {
      channel.close()
      worker.terminate()
    },
  }
}

const overServiceWorker = async (kind: Kind): Promise<Crossing & { close: () => Promise<unknown> }> => {
  const url = new URL('./events/service-worker.ts', import.meta.url)
  const registration = await navigator.serviceWorker.register(url, { type: 'module' })
  const worker = await activeWorker(registration)
  const listeners = countOnTarget(navigator.serviceWorker)
  worker.postMessage({ answer: kind })
  return {
    currentEndpoint: navigator.serviceWorker,
    targetEndpoint: worker,
    listeners,
    close: () => registration.unregister(),
  }
}

const openServiceWorker = async (kind: Kind): Promise<RPCMessageEvent> => {
  const { listeners: _, close, ...endpoints } = await overServiceWorker(kind)
  const event = new RPCMessageEvent(endpoints)
  onTestFinished(async () => {
    event.destroy()
    await close()
  })
  return event
}

function activeWorker({ installing, waiting, active }: ServiceWorkerRegistration): Promise<ServiceWorker> {
  return new Promise((resolve, reject) => {
    const worker = installing ?? waiting ?? active
    if (!worker) return reject(new Error('There is no service worker'))
    const check = (): void => {
      if (worker.state === 'activated') resolve(worker)
      else if (worker.state === 'redundant') reject(new Error('The service worker was not installed'))
    }
    worker.addEventListener('statechange', check)
    check()
  })
}

crossing('a worker and its self', overWorker)
moving('a worker and its self', overWorker)
crossing('a SharedWorker port', overSharedWorker)
moving('a SharedWorker port', overSharedWorker)
crossing('a MessagePort whose other end is in a worker', overPort)
moving('a MessagePort whose other end is in a worker', overPort)
crossing('a BroadcastChannel', overBroadcastChannel)
crossing('a service worker and its client', overServiceWorker)
moving('a service worker and its client', overServiceWorker)

test('messages of a service worker that came before the page was ready to hear them are asked for', async () => {
  const startMessages = vi.spyOn(navigator.serviceWorker, 'startMessages')
  onTestFinished(() => startMessages.mockRestore())
  await openServiceWorker('events')
  expect(startMessages).toHaveBeenCalled()
})

describe('a service worker with two clients', () => {
  const otherClient = async (kind: Kind): Promise<unknown> => {
    const { target } = forThisTest(openFrame(address('client.html', origins.own, { kind })))
    const told = nextMessage(target, (data) => 'client' in Object(data))
    const { data } = (await within(45_000, told)) as MessageEvent<{ client: unknown }>
    return data.client
  }

  test('S59: what one client emits is not heard as if the other had', async () => {
    const event = await openServiceWorker('events')
    event.emit('collect', 'from this client')
    expect(await otherClient('events')).toEqual(['from the other client'])
    const collected = hearing(event, 're:collected')
    event.emit('collected')
    expect(await collected).toEqual([['from this client']])
  })

  test('S59: a call of one client is run once, and answered to it alone', async () => {
    const event = await openServiceWorker('rpc')
    const rpc = start({ event })
    await rpc.invoke('Child.note', ['from this client'])
    expect(await otherClient('rpc')).toEqual(['from the other client'])
    expect(await rpc.invoke('Child.noted')).toEqual(['from this client'])
  })
})
