// One run in a process of its own: `child.mjs FILE PLANS`, the file of an environment or a study, which alone is loaded. What it
// measures goes to the parent by IPC, one message for each plan.
const [file, given] = process.argv.slice(2)
const plans = JSON.parse(given)
const send = (message) => new Promise((resolve) => process.send(message, resolve))
const end = async () => {
  const { stopBrowsers } = await import('./hosts/browser.mjs')
  await stopBrowsers().finally(() => process.exit(1))
}
process.on('SIGTERM', end)
process.on('disconnect', end)

const [place] = Object.values(await import(`./${file}.mjs`))
const sent = []
const report = (plan, result) => void sent.push(send({ plan, result }))
if (place.browser) await place.measure(plans, report)
else for (const plan of plans) report(plan, await place.measure(plan))
await Promise.all(sent)
process.off('disconnect', end)
process.disconnect()
