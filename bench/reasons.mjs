/** Why portcall is behind where it is: what is known, by measuring, of a row in an environment. The first that fits counts. */
const reasons = [
  {
    row: /^(sequential|object-1kB|callback)/,
    among: /^firefox-iframe-other$/,
    text: 'Firefox sends each message of a MessagePort that was posted to another window through its parent process, also between windows of one process: every library that moves to a port shows it. Windows of one origin hand the ports over by reference, which is not possible between origins. `window.postMessage` would be as fast as raw, but every listener in both pages would hear each message.',
  },
  {
    row: /^(sequential|object-1kB|callback|stacks)/,
    among: /./,
    text: 'Hot, a call with core costs what it costs by hand (59 µs beside 61 in a Chromium worker), with all features 1 to 2 µs more. What shows here is the time until the code is hot: the first three to four thousand calls, while the engine compiles what is called often. portcall has more of it (in Node, both sides: 83 ms with core, 176 ms with all features, 29 ms by hand, comlink 102 ms), and on one processor that takes turns with the calls. Tried: what is exposed is looked up once instead of at each call (core 121 ms before); no iterators, spreads or lists for each call.',
  },
  {
    row: 'object-100kB',
    among: /./,
    text: 'Each value is looked at before it is posted, so that what an engine would lose without a word is refused with its path. Of 1 kB that takes a twelfth of the time of cloning it, of 100 kB an eighth. Tried: not asking arrays for named members (a quarter less), and objects for one symbol instead of two (a tenth less). Each would let something arrive as something else.',
  },
  {
    row: 'buffer-transferred',
    among: /^firefox-iframe-/,
    text: 'Firefox copies what is transferred over any MessagePort (10 MB in about 20 ms), and moves it only by `postMessage` of a window or a worker.',
  },
  {
    row: 'buffer-transferred',
    among: /./,
    text: 'The transfer itself takes as long as a small message, whatever the size. Finding what moves, and checking it before anything has moved, adds 2 to 3 µs each way once the code is hot.',
  },
  {
    row: 'buffer-cloned',
    among: /./,
    text: 'Nobody looks into bytes. By hand alone it takes from 1.6 to 10 ms in Node, by chance: where the allocator of the system gives memory that is new, each of its pages is made first. With a high `MALLOC_TRIM_THRESHOLD_` and `MALLOC_MMAP_THRESHOLD_` it takes 1.6 ms for all.',
  },
  {
    row: 'burst-bytes',
    among: /./,
    text: 'Bytes leave at once, each in a message of its own, so that there is nothing to save, and each call costs what it costs alone.',
  },
  {
    row: 'stream',
    among: /./,
    text: 'By hand a batch is summed up in one loop; `for await` waits for a promise at each item.',
  },
  {
    row: /^(burst-|notifications)/,
    among: /./,
    text: 'Core alone posts each message by itself; the feature `frames` lets those of one turn leave together.',
    peer: 'portcall-core',
  },
  {
    row: /^(burst-|notifications)/,
    among: /^firefox-/,
    text: 'Firefox takes 370 ns to clone one message of a frame, where Chromium takes 170 (measured alone, without a library); that is most of what such a call costs. Tried: objects are taken apart, which saves a third of it.',
  },
  {
    row: /^(burst-|notifications)/,
    among: /./,
    text: 'Most of it is the clone of the frames, a promise and an entry for each call, and, on two cores, memory that one thread fills and the other frees. Tried: objects are taken apart (2.4 to 1.6 µs of processor time for a call in Node), Maps wait as copies, too; a second copy of them is what they pay.',
  },
]

const fits = (pattern, name) => (pattern instanceof RegExp ? pattern.test(name) : pattern === name)

/** @param peers those that are behind. */
export const reasonOf = (environment, row, peers) =>
  reasons.find(
    (reason) =>
      fits(reason.row, row) &&
      fits(reason.among, environment) &&
      (!reason.peer || peers.every((name) => name === reason.peer)),
  )?.text

export const startReason =
  'Code is compiled when it first runs, and portcall has twenty times as much of it as comlink; before the first call the peers introduce themselves, which is one more round trip. Node loads its `crypto` (2 ms) and its clock (1 ms) on each side when they are first asked for, for a session that nobody can guess and for deadlines.'
