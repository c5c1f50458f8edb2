/** In an AudioWorkletGlobalScope: each node has a port, and an RPC of its own over it. */
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
