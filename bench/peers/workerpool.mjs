import library from 'workerpool'

/**
 * Not between windows: it makes its workers itself. A worker gets its next task when it has finished the last, so a burst
 * is a sequence. It has neither notifications nor streams.
 */
export const workerpool = {
  name: 'workerpool',
  title: 'workerpool',
  package: 'workerpool',
  over: { thread: 'script', worker: 'script' },
  size: "export { pool, worker } from 'workerpool'",

  serve(_, { echo, take, fail }) {
    library.worker({ echo, take, fail, bounce: (buffer) => new library.Transfer(buffer, [buffer]) })
  },

  async connect({ kind, script, stops }) {
    const own = {
      thread: { workerType: 'thread', workerThreadOpts: { workerData: { peer: 'workerpool' } } },
      worker: { workerType: 'web', workerOpts: { type: 'module', name: 'workerpool' } },
    }
    const pool = library.pool(script, { maxWorkers: 1, ...own[kind] })
    stops.push(() => pool.terminate(true))
    return {
      call: (...args) => pool.exec('echo', args),
      take: (value) => pool.exec('take', [value]),
      fail: () => pool.exec('fail', []),
      bounce: (buffer) => pool.exec('bounce', [buffer], { transfer: [buffer] }),
    }
  },
}
