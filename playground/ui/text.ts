import type { State } from '../connections/connection.ts'

export interface TextOptions {
  /** Quote every key, as JSON does. Default: false, as in JavaScript. */
  readonly json?: boolean
  /** Characters after which it is cut. Default: 600. */
  readonly room?: number
}

/** Write any value that can cross in one line, as one would write it in code. */
export function toText(value: unknown, { json = false, room = 600 }: TextOptions = {}): string {
  const text = write(value, json)
  return text.length > room ? `${text.slice(0, room)}…` : text
}

function write(value: unknown, json: boolean): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return value.toString()
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map((item) => write(item, json)).join(', ')}]`
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (value instanceof File) return `File ${JSON.stringify(value.name)} (${toSize(value.size)})`
  if (value instanceof Date) return `Date ${value.toISOString()}`
  if (value instanceof Map || value instanceof Set) return `${tagOf(value)} ${write([...value], json)}`
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `${tagOf(value)}(${value.byteLength})`
  const entries = Object.entries(value).map(
    ([key, member]) => `${keyText(key, json)}: ${write(member, json)}`,
  )
  return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}'
}

const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1)

const keyText = (key: string, json: boolean): string =>
  !json && /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)

/** `0.4 ms`, `301 ms`, `1.2 s`; where the clock only counts whole milliseconds, `< 1 ms`. */
export function toDuration(milliseconds: number): string {
  if (milliseconds === 0) return '< 1 ms'
  if (milliseconds >= 1_000) return `${(milliseconds / 1_000).toFixed(1)} s`
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`
}

/** `512 bytes`, `1.5 kB`, `60.0 MB`. */
export function toSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** What a connection's states are called. */
export const stateWords: Record<State, string> = {
  absent: 'not open',
  waiting: 'waiting',
  connected: 'connected',
  gone: 'gone',
  closed: 'closed',
}
