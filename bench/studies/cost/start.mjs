// A fresh process: from the import of one bundled file to the first answer, in ms.
//   node start.mjs SUBJECT BUNDLE
import { connect } from './subjects.mjs'

const [subject, bundle] = process.argv.slice(2)
const start = performance.now()
const call = await connect(subject, () => import(bundle))
await call('echo', [{ a: 1, b: 'hello' }])
console.log(JSON.stringify({ ms: performance.now() - start }))
