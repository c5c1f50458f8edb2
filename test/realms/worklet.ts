/** In an AudioWorkletGlobalScope: each node has a port, and an RPC of its own over it. */
import { expose } from '../../src/index.ts'
import { serve } from './served.ts'

interface Processor {
  readonly port: MessagePort
}

declare const AudioWorkletProcessor: new () => Processor
declare const registerProcessor: (name: string, processor: new () => Processor) => void

registerProcessor(
  'served',
  class extends AudioWorkletProcessor {
    constructor() {
      super()
      serve(this.port)
    }
    process(): boolean {
      return true
    }
  },
)

// As docs/realms.md has it.
let current = 1
const api = { setGain: (gain: number): number => (current = gain) }

registerProcessor(
  'gain',
  class extends AudioWorkletProcessor {
    constructor() {
      super()
      expose(api, this.port)
    }
    process(_: unknown, [output]: readonly (readonly Float32Array[])[]): boolean {
      for (const channel of output ?? []) channel.fill(current)
      return true
    }
  },
)
