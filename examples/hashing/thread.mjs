import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { expose } from 'portcall'

export const api = {
  /**
   * Gives each hash when it is there. Stops when the signal is aborted.
   * @param {readonly string[]} files
   * @param {(progress: { bytes: number, total: number }) => Promise<void>} report
   * @param {AbortSignal} signal
   */
  async *hash(files, report, signal) {
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
    const total = sizes.reduce((sum, size) => sum + size, 0)
    let bytes = 0
    try {
      for (const [index, file] of files.entries()) {
        const start = performance.now()
        const hash = createHash('sha256')
        for await (const chunk of createReadStream(file, { highWaterMark: 1_048_576 })) {
          signal.throwIfAborted()
          hash.update(chunk)
          bytes += chunk.length
          // Waited for, so that it never runs ahead of whoever looks.
          await report({ bytes, total })
        }
        const ms = performance.now() - start
        yield { name: basename(file), hash: hash.digest('hex'), bytes: sizes[index], ms }
      }
    } finally {
      log.push(`finally ran after ${bytes} of ${total} bytes`)
    }
  },

  /** What was noted when hashing ended. */
  lastLog: () => log.at(-1),
}

/** @type {string[]} */
const log = []

expose(api)
