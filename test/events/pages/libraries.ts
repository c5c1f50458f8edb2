/** Four libraries that speak with one window, all at once and both ways: the same api over each. */
import * as Comlink from 'comlink'
import { connect, WindowMessenger } from 'penpal'
import * as shooter from 'rpc-shooter'
import { type Diagnostic, RPC, RPCMessageEvent, windowTransport } from '../../../src/index.ts'

/** What each side lets the other call. */
export interface Api {
  add(a: number, b: number): Promise<number>
  /** Call `add` of the caller `count` times at once. */
  callBack(count: number): Promise<readonly number[]>
}

/** One way to the other side. */
export interface Way {
  readonly peer: Api
  /** How often the other side has called `add`. */
  readonly calls: () => number
}

export interface Ways {
  readonly penpal: Way
  readonly comlink: Way
  readonly 'rpc-shooter': Way
  readonly portcall: Way
  readonly 'portcall over raw events': Way
}

export interface Open {
  readonly ways: Ways
  /** Events of an RPCMessageEvent that has no RPC. */
  readonly events: RPCMessageEvent
  /** What portcall told that it was not asked for. */
  readonly told: readonly string[]
}

const callMany = (peer: Pick<Api, 'add'>, count: number): Promise<number[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => peer.add(i, i)))

/** The api of this side for one way; `peer` is known by the time that it is called. */
function makeApi(peer: () => Api): { readonly api: Api; readonly calls: () => number } {
  let calls = 0
  const api: Api = {
    async add(a, b) {
      calls++
      return a + b
    },
    callBack: (count) => callMany(peer(), count),
  }
  return { api, calls: () => calls }
}

function makeWay(connectPeer: (api: Api) => Api): Way {
  const { api, calls } = makeApi(() => peer)
  const peer = connectPeer(api)
  return { peer, calls }
}

/** Open all of them to `target`, a window of `origin`. */
export async function openAll(target: Window, origin: string): Promise<Open> {
  const told: string[] = []
  const onDiagnostic = ({ kind, about }: Diagnostic): unknown => told.push(`${kind} ${String(about)}`)
  const config = { targetOrigin: origin }

  const comlink = makeWay((api) => {
    const endpoint = Comlink.windowEndpoint(target, window, origin)
    Comlink.expose(api, endpoint, [origin])
    return Comlink.wrap<Api>(endpoint) as unknown as Api
  })

  const shooting = makeWay((api) => {
    const event = new shooter.RPCMessageEvent({ currentEndpoint: window, targetEndpoint: target, config })
    const rpc = new shooter.RPC({ event, methods: { ...api } })
    return {
      add: (a, b) => rpc.invoke('add', a, b) as Promise<number>,
      callBack: (count) => rpc.invoke('callBack', count) as Promise<number[]>,
    }
  })

  const ours = makeWay((api) => {
    const rpc = new RPC({ transport: windowTransport(target, { origin }), methods: api, onDiagnostic })
    return rpc.remote<Api>() as unknown as Api
  })

  const raw = makeWay((api) => {
    const event = new RPCMessageEvent({ currentEndpoint: window, targetEndpoint: target, config })
    const rpc = new RPC({
      event,
      methods: api,
      // It hears the events of its neighbour below, too, as the two share the window and the wire.
      onDiagnostic: (event) => event.kind !== 'unknown-method' && onDiagnostic(event),
    })
    return rpc.remote<Api>() as unknown as Api
  })

  const events = new RPCMessageEvent({ currentEndpoint: window, targetEndpoint: target, config })
  events.onerror = ({ message }) => told.push(message)

  const { api, calls } = makeApi(() => peer)
  const messenger = new WindowMessenger({ remoteWindow: target, allowedOrigins: [origin] })
  const peer = (await connect<{ [K in keyof Api]: Api[K] }>({ messenger, methods: { ...api } })
    .promise) as unknown as Api

  return {
    ways: {
      penpal: { peer, calls },
      comlink,
      'rpc-shooter': shooting,
      portcall: ours,
      'portcall over raw events': raw,
    },
    events,
    told,
  }
}
