/** The contract and the core in Bun. */
import { runServer } from './servers.ts'

await runServer({
  name: 'Bun',
  engine: 'bun',
  args: [],
  without: [
    'a forked process, json',
    'stdio of a child, content-length',
    'a browser worker whose script is not there',
    'a browser worker that fails and lives on',
    'a process ›',
    'serialization ›',
  ],
  deviations: [
    {
      at: /^(?!.*(as text|forked|stdio|WebSocket|of a bus)).* › an error that is a value beside a function arrives as one$/,
      because: 'structured clone of Bun drops the cause of an Error',
    },
    {
      at: /› S6[01]: (a message of 64 MB|messages to a child that reads|calls to a child that reads)/,
      because: 'Bun takes all that is written to a child at once: there is no back-pressure to see',
      isFatal: true,
    },
    {
      at: /^stdio.*› when the child closes its stdout ›/,
      because: 'in Bun a child cannot close its stdout while it lives',
      isFatal: true,
    },
    {
      at: /› attack › S36: a handler that echoes a sparse array/,
      because: 'structured clone of JavaScriptCore walks the length of a sparse array',
      isFatal: true,
    },
    {
      at: /› unsendable › S37: params for a plain peer that hold a stream without transfer are sent$/,
      because: 'structured clone of Bun does not transfer streams',
    },
    {
      at: /› errors › S40: an error with .* becomes a real Error that has nothing of it$/,
      because: 'JavaScriptCore gives each Error own members of its own: line, column, sourceURL',
    },
    {
      at: /› details › S40: what a hostile peer puts into details/,
      because: 'JavaScriptCore gives each Error own members of its own: line, column, sourceURL',
    },
    {
      at: /› details › with stacks on both sides one reads across the boundary$/,
      because: 'of a bundle the stack names other files',
    },
  ],
})
