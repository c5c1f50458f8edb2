// One run in a process of its own: `child.mjs NAME PLANS`, for an environment or a study. What it measures goes to the
// parent by IPC, one message for each plan.
import { environments } from './environments/all.mjs'
import { stopBrowsers } from './hosts/browser.mjs'
import { studies } from './studies/all.mjs'

const [name, given] = process.argv.slice(2)
const plans = JSON.parse(given)
const send = (message) => new Promise((resolve) => process.send(message, resolve))
const end = () => stopBrowsers().finally(() => process.exit(1))
process.on('SIGTERM', end)
process.on('disconnect', end)

const place = [...environments, ...studies].find((one) => one.name === name)
const sent = []
const report = (plan, result) => void sent.push(send({ plan, result }))
if (place.browser) await place.measure(plans, report)
else for (const plan of plans) report(plan, await place.measure(plan))
await Promise.all(sent)
process.off('disconnect', end)
process.disconnect()
