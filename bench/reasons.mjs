/** Why portcall is behind where it is: what is known, by measuring, of a row in an environment. */
const reasons = [
  {
    row: /^(sequential|object-1kB)$/,
    among: /^firefox-iframe-(same|other)$/,
    text: 'In Firefox a MessagePort between windows of one process is several times slower than `window.postMessage`; every library that moves to a port shows it. The port is what keeps others out.',
  },
  {
    row: 'stream',
    among: /./,
    text: 'By hand a batch is summed up in one loop; `for await` waits for a promise at each item.',
  },
  {
    row: 'buffer-transferred',
    among: /./,
    text: 'The transfer itself takes as long whatever the size. Finding and checking what moves adds about 4 µs each way.',
  },
  {
    row: /^object-/,
    among: /./,
    text: 'Each value is looked at before it is posted, so that what an engine would lose without a word is refused with its path. Of an object of many small parts that takes a third to half of the time of cloning it.',
  },
  {
    row: 'burst-map',
    among: /./,
    text: 'Whether values may wait is found out by trying to copy them; after that each message leaves alone, as by hand.',
  },
]

const fits = (pattern, name) => (pattern instanceof RegExp ? pattern.test(name) : pattern === name)

export const reasonOf = (environment, row) =>
  reasons.find((reason) => fits(reason.row, row) && fits(reason.among, environment))?.text
