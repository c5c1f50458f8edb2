// One run in a process of its own: `child.mjs ENVIRONMENT PLAN`; the result goes to the parent by IPC.
import { environments } from './environments/all.mjs'

const [name, plan] = process.argv.slice(2)
const result = await environments.find((environment) => environment.name === name).measure(JSON.parse(plan))
process.send(result, () => process.disconnect())
