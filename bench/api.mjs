/** What every peer's answering side offers. */
export function createAPI() {
  let notes = 0
  const kept = []
  return {
    echo: (first) => first,
    /** Arguments that are heavy one way only. */
    take: () => 0,
    note() {
      notes++
    },
    /** How many notes came since it was asked last. */
    noted() {
      const all = notes
      notes = 0
      return all
    },
    fail() {
      throw new Error('as asked')
    },
    keep: (...given) => void kept.push(...given),
    async repeat(callback, times) {
      for (let i = 0; i < times; i++) await callback(i)
    },
    never: () => new Promise(() => {}),
    numbers,
  }
}

export async function* numbers(count) {
  for (let i = 0; i < count; i++) yield i
}

/** What the calling side of a stream does with it. */
export async function sum(items) {
  let all = 0
  for await (const item of items) all += item
  return all
}

/** The members of a remote whose functions are called by name. */
export function remoteOf(remote) {
  return {
    call: (...args) => remote.echo(...args),
    take: (value) => remote.take(value),
    noted: () => remote.noted(),
    fail: () => remote.fail(),
  }
}
