/** The contract and the core in a newer Node than the one that runs the tests. */
import { runServer } from './servers.ts'
import { ofServers } from './suites.ts'

/** What Node has not, or in a way of its own that others of the files test. */
const others = /\/(channel|sockets)\.contract\.ts$|^test\/browser\//

await runServer({
  name: 'Node 26',
  engine: 'node26',
  args: [],
  files: ofServers.filter((file) => !others.test(file)),
  // Each has its like among what is run.
  without: [
    'a forked process, json',
    'a MessagePort that was transferred to a Node thread',
    'stdio of a child, content-length',
  ],
  deviations: [
    {
      at: /› details › with stacks on both sides one reads across the boundary$/,
      because: 'of a bundle the stack names other files',
    },
  ],
})
