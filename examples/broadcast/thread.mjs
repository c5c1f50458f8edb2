import { workerData } from 'node:worker_threads'
import { broadcastBus } from 'portcall/broadcast'

let color = workerData

const bus = broadcastBus('example', {
  name: workerData,
  methods: {
    /** @param {string} other */
    mix: (other) => (color += ` and ${other}`),
    /** @param {string} what */
    paint: (what) => `${what} is ${color}`,
    stop: () => bus.close(),
  },
})
