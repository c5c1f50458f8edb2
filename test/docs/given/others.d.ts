/** Names that an environment of another gives, as far as the examples use them. */

/** AudioWorkletGlobalScope, after @types/audioworklet. */
declare class AudioWorkletProcessor {
  readonly port: MessagePort
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void

/** zone.js. */
declare const Zone: {
  readonly current: { wrap<F extends (...args: never[]) => unknown>(callback: F, source: string): F }
}

/** Jest. */
declare function test(name: string, run: () => unknown): void
declare function afterAll(run: () => unknown): void
declare function expect(value: unknown): { toBe(other: unknown): void }

/** The id of one's own extension. */
declare const EXTENSION_ID: string
