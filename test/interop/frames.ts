/** What our side posts and hears, and whether a peer that checks every member takes it. Runs in Node and in browsers. */
import type { Transport } from '../../src/index.ts'

export interface Recording {
  readonly transport: Transport
  /** Copies of what our side posted. Structured clone keeps own members that are undefined, as the wire does. */
  readonly posted: unknown[]
  readonly received: unknown[]
}

/** Wrap `transport` so that both directions are written down. */
export function record(transport: Transport): Recording {
  const posted: unknown[] = []
  const received: unknown[] = []
  return {
    posted,
    received,
    transport: {
      ...transport,
      post(message, transfer) {
        transport.post(message, transfer)
        posted.push(structuredClone(message))
      },
      listen(receiver) {
        transport.listen({
          ...receiver,
          message(data, origin) {
            received.push(data)
            receiver.message(data, origin)
          },
        })
      },
    },
  }
}

/** The members that a frame of this kind has, and those that it may have (specification sections 4 and 5). */
const shapes = {
  request: { required: ['jsonrpc', 'id', 'method'], optional: ['params'] },
  notification: { required: ['jsonrpc', 'method'], optional: ['params'] },
  result: { required: ['jsonrpc', 'id', 'result'], optional: [] },
  error: { required: ['jsonrpc', 'id', 'error'], optional: [] },
  errorObject: { required: ['code', 'message'], optional: ['data'] },
} as const

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Tell a request, notification, result and error apart by the members that are there. */
export const kindOf = (frame: unknown): Exclude<keyof typeof shapes, 'errorObject'> | undefined => {
  if (!isRecord(frame)) return undefined
  if ('method' in frame) return 'id' in frame ? 'request' : 'notification'
  return 'error' in frame ? 'error' : 'result' in frame ? 'result' : undefined
}

/** Say what a peer that validates against the specification would refuse in one posted frame. */
export function faultsOf(frame: unknown): string[] {
  const kind = kindOf(frame)
  if (!kind || !isRecord(frame)) return ['no JSON-RPC message']
  const faults = misshapen(kind, frame)
  const { jsonrpc, id, method, params, error } = frame
  if (jsonrpc !== '2.0') faults.push(`jsonrpc is ${String(jsonrpc)}`)
  if ('id' in frame && typeof id !== 'string' && !Number.isInteger(id)) faults.push(`id is ${String(id)}`)
  if ('method' in frame && typeof method !== 'string') faults.push(`method is ${String(method)}`)
  if ('params' in frame && !Array.isArray(params) && !isPlain(params)) faults.push('params are no structure')
  if (kind === 'error') faults.push(...faultsOfError(error))
  return faults
}

function faultsOfError(error: unknown): string[] {
  if (!isPlain(error)) return ['error is no plain object']
  const faults = misshapen('errorObject', error)
  if (!Number.isInteger(error['code'])) faults.push(`code is ${String(error['code'])}`)
  if (typeof error['message'] !== 'string') faults.push(`message is ${String(error['message'])}`)
  return faults
}

function misshapen(kind: keyof typeof shapes, value: Record<string, unknown>): string[] {
  const { required, optional }: { required: readonly string[]; optional: readonly string[] } = shapes[kind]
  const extra = Reflect.ownKeys(value).filter((key) => ![...required, ...optional].includes(String(key)))
  const missing = required.filter((key) => !Object.hasOwn(value, key))
  const empty = Object.keys(value).filter((key) => value[key] === undefined)
  return [
    ...extra.map((key) => `${kind} has ${String(key)}`),
    ...missing.map((key) => `${kind} lacks ${key}`),
    ...empty.map((key) => `${key} is an own undefined`),
  ]
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  isRecord(value) && Object.getPrototypeOf(value) === Object.prototype

const isExtension = (frame: unknown): boolean => isRecord(frame) && String(frame['method']).startsWith('rpc.')

export const isHello = (frame: unknown): boolean => isRecord(frame) && frame['method'] === 'rpc.connect'

/**
 * Say what is wrong with everything that was posted towards a peer that is not portcall.
 * @param hello whether one `rpc.connect` request is allowed, as the first frame.
 */
export function faultsIn(posted: readonly unknown[], hello: boolean): string[] {
  const faults = posted.flatMap((frame, index) => faultsOf(frame).map((fault) => `frame ${index}: ${fault}`))
  const extensions = posted.flatMap((frame, index) => (isExtension(frame) ? [index] : []))
  const allowed = hello ? [0] : []
  if (String(extensions) !== String(allowed)) faults.push(`rpc.* frames at [${extensions.join()}]`)
  return faults
}
