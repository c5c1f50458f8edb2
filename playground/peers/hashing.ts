// A worker that hashes files: it reports by a callback, stops by an AbortSignal, and gives each result when it has it.
import { expose } from 'portcall'
import { Sha256 } from './sha256.ts'

/** Bytes read at once. Between two chunks it hears what the page says. */
const CHUNK = 1_048_576

export interface Progress {
  /** Of the file that it is at. */
  readonly name: string
  /** Hashed so far, of all files. */
  readonly bytes: number
  readonly total: number
  /** Said last, by `finally`: nothing runs any more. */
  readonly ended: boolean
}

export interface Hashed {
  readonly name: string
  /** SHA-256, in hexadecimal digits. */
  readonly hash: string
  readonly bytes: number
  readonly ms: number
}

const api = {
  async *hash(
    files: readonly File[],
    report: (progress: Progress) => Promise<void>,
    signal: AbortSignal,
  ): AsyncGenerator<Hashed> {
    const total = files.reduce((sum, { size }) => sum + size, 0)
    let progress: Progress = { name: '', bytes: 0, total, ended: false }
    try {
      for (const file of files) {
        const { name, size } = file
        const start = performance.now()
        const sha = new Sha256()
        for (let at = 0; at < size; at += CHUNK) {
          signal.throwIfAborted()
          const chunk = new Uint8Array(await file.slice(at, at + CHUNK).arrayBuffer())
          sha.update(chunk)
          progress = { ...progress, name, bytes: progress.bytes + chunk.length }
          // Waited for, so that it never runs ahead of a page that is slow.
          await report(progress)
        }
        yield { name, hash: sha.hex(), bytes: size, ms: performance.now() - start }
      }
    } finally {
      await report({ ...progress, ended: true })
    }
  },
}

export type HashingApi = typeof api

expose(api)
