import { ErrorCode } from 'portcall'
import { departures } from './departures.ts'
import type { DoorScenes } from './scene.ts'

export const rpcScenes: DoorScenes = {
  door: 'rpc',
  title: 'RPC',
  want: 'Names, timeouts, both directions, batches, a peer that someone else wrote.',
  scenes: [
    {
      title: 'Methods by name',
      about: 'Params by position or by name. Nested methods have dotted names.',
      code: () => `await rpc.invoke('math.max', [3, 1, 2])\nawait rpc.invoke('greet', { name: 'Ada' })`,
      run: async ({ doors: { rpc }, show }) => {
        await show({ method: 'math.max', params: [3, 1, 2], gives: 3 }, () =>
          rpc.invoke('math.max', [3, 1, 2]),
        )
        await show({ method: 'greet', params: { name: 'Ada' }, gives: 'Ahoy, Ada!' }, () =>
          rpc.invoke('greet', { name: 'Ada' }),
        )
      },
    },
    {
      title: 'The other side calls too',
      about: 'One RPC is client and server. It calls the page by a batch, then by a call that is too late.',
      code: () =>
        `await rpc.invoke('tour')\n// over there: rpc.batch((call) => [call('Page.title'), …])\n// rpc.invoke('Page.sleep', [5_000], { timeout: 120 })`,
      run: async ({ doors: { rpc }, show }) => {
        const callbacks = ['Page.title', 'Page.viewport', 'Page.sleep']
        const gives = {
          title: document.title,
          size: `${innerWidth} × ${innerHeight}`,
          slow: ErrorCode.TIMEOUT,
        }
        await show({ method: 'tour', callbacks, gives }, () => rpc.invoke('tour'))
      },
    },
    {
      title: 'A batch',
      about: 'Several calls and a notification in one message, and all the answers in one.',
      code: () =>
        `await rpc.batch((call) => {\n  call.notify('log', ['in a batch'])\n  return [call('math.max', [4, 5]), call('logged')]\n})`,
      run: async ({ doors: { rpc }, show }) => {
        const shown = {
          method: 'batch',
          signature: "batch: log('in a batch'), math.max(4, 5), logged()",
          methods: ['log', 'math.max', 'logged'],
          gives: [5, 'in a batch'],
        }
        await show(shown, () =>
          rpc.batch((call) => {
            call.notify('log', ['in a batch'])
            return [call('math.max', [4, 5]), call('logged')]
          }),
        )
      },
    },
    {
      title: 'Nobody is home',
      about: 'Only what was registered can be called. Anything else is told so, by the specification’s code.',
      code: () => `await rpc.invoke('launch', ['now'])\nawait rpc.invoke('constructor')`,
      run: async ({ doors: { rpc }, show }) => {
        const fails = ErrorCode.METHOD_NOT_FOUND
        await show({ method: 'launch', params: ['now'], fails }, () => rpc.invoke('launch', ['now']))
        await show({ method: 'constructor', fails }, () => rpc.invoke('constructor'))
      },
    },
    {
      title: 'It cannot be sent',
      about:
        'Nothing is lost without a word: a value that cannot cross rejects at once and says where it is.',
      code: () => `await rpc.invoke('math.max', [1, { two: Symbol('2') }])`,
      run: async ({ doors: { rpc }, show }) => {
        const params = [1, { two: Symbol('2') }]
        await show({ method: 'math.max', params, fails: ErrorCode.UNDELIVERABLE }, () =>
          rpc.invoke('math.max', params),
        )
      },
    },
    ...departures,
  ],
}
