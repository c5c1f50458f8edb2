/** The contract and the core in Deno. */
import { runServer } from './servers.ts'

const inMicrotasks = 'Deno delivers messages of a port in the same thread before the next task'

await runServer({
  name: 'Deno',
  engine: 'deno',
  args: ['run', '--allow-all', '--no-config'],
  without: [
    'a forked process, advanced',
    'stdio of a child, content-length',
    'a browser worker whose script is not there',
    'a browser worker that fails and lives on',
    'a process ›',
    'serialization ›',
  ],
  deviations: [
    {
      at: /› S41: (params that the platform refuses reject|a buffer beside a WeakMap)/,
      because: 'structured clone of Deno detaches what is to be transferred before it fails',
    },
    {
      at: /^a (Message|Node|browser).* › a call that is aborted before the other side is there/,
      because: inMicrotasks,
      isRace: true,
    },
    {
      at: /^a (Message|Node|browser).* › S43, S48: each of 10 pending calls rejects/,
      because: inMicrotasks,
      isRace: true,
    },
    {
      at: /^a (Message|Node|browser).* › S49: destroy rejects what (is pending|waits)/,
      because: inMicrotasks,
      isRace: true,
    },
    { at: /^a (Node thread|browser worker) whose script .* › S44:/, because: inMicrotasks, isRace: true },
    { at: /› a port that closes after the other side has said goodbye/, because: inMicrotasks, isRace: true },
    {
      at: /^stdio.* › when the child closes its stdout ›/,
      because: 'in Deno a child cannot close its stdout while it lives',
      isFatal: true,
    },
    {
      at: /^stdio.* › destroy while the child is already dead/,
      because: 'Deno ends the stream to a dead child before the pipe to it breaks',
      isRace: true,
    },
    {
      at: /(Node MessageChannel|to a Node thread).* › S49: destroy leaves no listener behind/,
      because: 'a MessagePort of Deno tells no count of its listeners',
    },
    {
      at: /^a forked process, json in Deno › values › S35: 900 levels arrive/,
      because: 'Deno ends a child that gets JSON of more than 128 levels',
    },
    {
      at: /› details › with stacks on both sides one reads across the boundary$/,
      because: 'of a bundle the stack names other files',
    },
  ],
})
