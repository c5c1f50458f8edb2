import { testFamilies } from './suite.ts'

// What they read is what is read over any text; how they read it is tried by messages that are long, many or none.
const own = [
  'brackets that open',
  'a long string',
  'a long unknown method',
  'many bytes',
  'text that is no JSON',
  'texts that are no JSON',
  'messages of somebody else',
  'batches of 500 notifications',
  'a batch of nothing',
  'hellos',
  'requests with ids of their own',
]

for (const medium of ['websocket', 'stdio'] as const) testFamilies(medium, ({ name }) => own.includes(name))
