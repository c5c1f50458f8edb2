/**
 * What is measured. `sample` makes `calls` calls; `rounds` of them are measured in each of `runs` processes, on one
 * processor if `pinned`: where two of them wait for each other in turn, ratios fall into one of two modes by chance.
 * `compare: 'time'` shows time against raw (lower is better), `'rate'` calls per second against raw (higher is better).
 */
export const rows = [
  {
    name: 'sequential',
    title: 'one call after the other',
    compare: 'time',
    pinned: true,
    calls: 2_000,
    rounds: 10,
    runs: 6,
    async sample(call) {
      for (let i = 0; i < this.calls; i++) await call(i, 'hello')
    },
  },
  {
    name: 'burst-1000',
    title: '1,000 calls at once',
    compare: 'rate',
    pinned: false,
    calls: 5_000,
    rounds: 12,
    runs: 6,
    async sample(call) {
      for (let done = 0; done < this.calls; done += 1_000) {
        const answers = []
        for (let i = 0; i < 1_000; i++) answers.push(call(i, 'hello'))
        await Promise.all(answers)
      }
    },
  },
]

export const rowOf = (name) => rows.find((row) => row.name === name)
