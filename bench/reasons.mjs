/** Why portcall is behind where it is: what is known, by measuring, of a row in an environment. */
const reasons = [
  {
    row: 'sequential',
    among: /^firefox-iframe-(same|other)$/,
    text: 'In Firefox a MessagePort is slower than `window.postMessage` between windows of one process: its messages pass through the parent process. The port is what keeps others out.',
  },
  {
    row: 'stream',
    among: /./,
    text: 'By hand a batch is summed up in one loop. `for await` waits for a promise at each item, which alone costs about as much as everything else.',
  },
  {
    row: /^buffer-transferred$/,
    among: /./,
    text: 'The transfer itself takes a few microseconds whatever the size, so what is looked at around it weighs most here.',
  },
]

const fits = (pattern, name) => (pattern instanceof RegExp ? pattern.test(name) : pattern === name)

export const reasonOf = (environment, row) =>
  reasons.find((reason) => fits(reason.row, row) && fits(reason.among, environment))?.text
