/** Which handlers a message may run, and which ids may be answered, told apart from the code that is tested. */

type Counts = Map<string, number>

const add = (counts: Counts, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1)

const answerOf = (id: unknown): string => `answer ${JSON.stringify(id)}`

/** A call of what was passed by reference, whatever it is. */
const BY_REFERENCE = ['rpc.call', 'rpc.new', 'rpc.get', 'rpc.set']

const isId = (id: unknown): boolean =>
  id === undefined || id === null || typeof id === 'string' || Number.isFinite(id)

/** What a handler is called with is counted, too. */
export const runOf = (name: string, args: number): string => `${name} of ${args}`

// Marks make other things of params.
const ANY = '*'

function call(counts: Counts, method: string, params: unknown, values?: unknown): void {
  const list = Array.isArray(params) ? (params as readonly unknown[]) : params === undefined ? [] : [params]
  const [id, name] = list
  if (method === 'rpc.new' && id === null) add(counts, runOf(String(name), list.length - 2))
  else if (BY_REFERENCE.includes(method)) add(counts, 'by reference')
  else add(counts, values === undefined ? runOf(method, list.length) : `${method} of ${ANY}`)
}

// Null is what stands in a frame for no id.
const ask = (counts: Counts, id: unknown): void => {
  if (id !== undefined && id !== null) add(counts, answerOf(id))
}

/** What may stand in place of a number of values: the names of the one object that they are of. */
const isNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) &&
  value.length <= 64 &&
  Array.from(value as unknown[]).every((name) => typeof name === 'string' && name !== '__proto__')

/** The messages of a flat list, as long as each is complete. */
function framed(counts: Counts, items: readonly unknown[]): void {
  for (let at = 0, n = 0; at < items.length && n < 64; n++) {
    const [id, kind, count] = items.slice(at, at + 3)
    if (kind === true) at += 3
    else if (kind === false) at += 4
    else if (isNames(kind)) at += 2 + kind.length
    else if (typeof kind === 'string' && isNames(count)) {
      if (at + 3 + count.length > items.length) return
      if (isId(id)) {
        call(counts, kind, [{}])
        ask(counts, id)
      }
      at += 3 + count.length
    } else if (typeof kind === 'string' && typeof count === 'number' && count >= 0 && count <= 64) {
      if (!Number.isInteger(count) || at + 3 + count > items.length) return
      if (isId(id)) {
        call(counts, kind, items.slice(at + 3, at + 3 + count))
        ask(counts, id)
      }
      at += 3 + count
    } else return
  }
}

function single(counts: Counts, message: unknown): void {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return
  const own = (key: string): unknown =>
    Object.hasOwn(message, key) ? (Reflect.get(message, key) as unknown) : undefined
  const [method, params] = [own('method'), own('params') ?? undefined]
  if (method === undefined || !isId(own('id'))) return
  // What is invalid is answered, too.
  ask(counts, own('id'))
  if (own('jsonrpc') !== '2.0' || typeof method !== 'string') return
  if (params !== undefined && typeof params !== 'object') return
  if (method === 'rpc.frame' && Array.isArray(params)) framed(counts, params)
  else call(counts, method, params, own('values'))
}

/** Add what one message may run to `counts`. */
export function permit(counts: Counts, message: unknown): void {
  if (Array.isArray(message)) for (const one of Object.values(message)) single(counts, one)
  else single(counts, message)
}

/** Note an answer as what ran. */
export const answered = (ran: Counts, id: unknown): void => add(ran, answerOf(id))

/** What ran oftener than it was asked for. */
export function excess(ran: Counts, counts: Counts): string[] {
  const rest = new Map(counts)
  return [...ran].flatMap(([name, times]) => {
    const any = name.replace(/ of \d+$/, ` of ${ANY}`)
    const over = times - (counts.get(name) ?? 0)
    const spare = any === name ? 0 : (rest.get(any) ?? 0)
    if (over <= 0) return []
    rest.set(any, spare - over)
    return over > spare ? [`${name}: ${times} times, asked for ${counts.get(name) ?? 0} times`] : []
  })
}
