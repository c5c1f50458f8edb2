/** The iframe: it starts the copies that its address names, and tells the page that embeds it what became of them. */
import { load, type Member, Participant } from './participant.ts'

const { members, origin, isPublishedThere } = JSON.parse(decodeURIComponent(location.hash.slice(1))) as {
  readonly members: readonly Member[]
  readonly origin: string
  readonly isPublishedThere: boolean
}
const server = new URL(import.meta.url).origin
const participants: Participant[] = []
const starting = members.map(async ({ kind, wait }, n) => {
  const copy = await load(server, kind, n)
  const participant = new Participant(copy, () => parent, { origin, kind, isPublishedThere })
  participants.push(participant)
  if (wait) await new Promise((resolve) => setTimeout(resolve, wait))
  participant.start()
})

addEventListener('message', ({ data, source }) => {
  const { ask, what } = Object(data) as { readonly ask?: number; readonly what?: string }
  if (ask === undefined || source !== parent) return
  void Promise.all(starting).then(async () => {
    if (what === 'renew') for (const one of participants) one.start()
    const outcomes = what === 'outcomes' && (await Promise.all(participants.map((one) => one.outcome())))
    parent.postMessage({ answers: ask, outcomes }, '*')
  })
})
