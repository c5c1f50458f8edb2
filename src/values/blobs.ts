/** Blobs and Files over media that carry JSON: their bytes are there only later, so their messages wait, and what follows them. */
import { isObject, tagOf } from '../protocol/guards.ts'
import { classOf } from '../protocol/realm.ts'
import { spend } from './budget.ts'
import { type Mark, put, type Substitute } from './marks.ts'

/** What of a message is read here. */
interface Message {
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: unknown
  values?: readonly Mark[]
}

/** How a medium carries bytes. */
export interface Bytes {
  readonly write: (bytes: ArrayBuffer) => unknown
  /** @throws TypeError for what is none. */
  readonly read: (value: unknown) => ArrayBuffer
}

/** The messages of one connection, one behind the other. */
export interface BlobLine {
  readonly take: (blob: object) => Substitute
  readonly revive: (kind: string, details: readonly unknown[], value: unknown) => object
  readonly retract: (id: unknown) => void
  /** @returns false if nothing waits: it is sent now. */
  readonly wait: (message: Message | Message[], send: () => void, fail: (why: unknown) => void) => boolean
  /** Whatever waits is of no use any more. */
  readonly clear: () => void
}

export function createBlobLine(bytes: Bytes): BlobLine {
  // By the number that stands in the mark until the message is sent.
  const blobs = new Map<unknown, Blob>()
  let last = 0
  let line: (readonly [message: Message | Message[], send: () => void, fail: (why: unknown) => void])[] = []

  const fill = async (message: Message): Promise<void> => {
    const values: Mark[] = []
    for (const mark of message.values ?? []) {
      const [path, kind, id, ...details] = mark
      const blob = kind === 'Blob' ? blobs.get(id) : undefined
      values.push(blob ? [path, kind, ...details] : mark)
      if (!blob) continue
      blobs.delete(id)
      const buffer = await blob.arrayBuffer()
      const at = ['error', 'result', 'params'].find((member) => Object.hasOwn(message, member)) as string
      let parent: object = message
      let key: string | number = at
      for (const next of path) {
        parent = Reflect.get(parent, key) as object
        key = next
      }
      put(parent, key, bytes.write(buffer))
    }
    message.values = values
  }

  const advance = async (): Promise<void> => {
    const mine = line
    for (;;) {
      const [first] = mine
      if (!first) return
      const [message, send, fail] = first
      try {
        for (const one of [message].flat()) if (hasBlob(one)) await fill(one)
        if (mine === line) send()
      } catch (error) {
        if (mine === line) fail(error)
      }
      mine.shift()
    }
  }

  return {
    take: (blob) => {
      const { type, name, lastModified } = blob as File
      blobs.set(++last, blob as Blob)
      return { mark: ['Blob', last, type, ...(tagOf(blob) === 'File' ? [name, lastModified] : [])] }
    },
    revive: (_, [type, name, lastModified], value) => {
      if (typeof type !== 'string') throw new TypeError('The type of a Blob must be a string')
      const parts = [bytes.read(value)]
      return typeof name === 'string'
        ? new (classOf('File'))(parts, name, { type, lastModified: Number(lastModified) })
        : new (classOf('Blob'))(parts, { type })
    },
    retract: (id) => void blobs.delete(id),
    wait: (message, send, fail) => {
      if (!line.length && !(Array.isArray(message) ? message.some(hasBlob) : hasBlob(message))) return false
      line.push([message, send, fail])
      if (line.length === 1) void advance()
      return true
    },
    clear: () => {
      line = []
      blobs.clear()
    },
  }
}

const hasBlob = ({ values }: Message): boolean => values?.some(([, kind]) => kind === 'Blob') === true

/** For bytes that a medium carries, or carries as text where `fromText` reads them. */
export const readBytes =
  (fromText?: (text: string) => ArrayBuffer): Bytes['read'] =>
  (value) => {
    if (typeof value === 'string' && fromText) {
      spend(value.length / 16)
      return fromText(value)
    }
    if (!isObject(value) || !(ArrayBuffer.isView(value) || tagOf(value) === 'ArrayBuffer'))
      throw new TypeError('A Blob is made of bytes')
    spend((value as ArrayBuffer).byteLength / 16)
    return value as ArrayBuffer
  }
