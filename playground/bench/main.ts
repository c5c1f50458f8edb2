import { byId, h } from '../ui/dom.ts'
import { toDuration } from '../ui/text.ts'
import { setUpTheme } from '../ui/theme.ts'
import { createChart } from './chart.ts'
import { createControls } from './controls.ts'
import { lines } from './lines.ts'
import { measure } from './measure.ts'
import { type Place, places } from './places.ts'
import type { Plan } from './suite.mjs'
import { createTable } from './table.ts'
import { toRatio } from './text.ts'

/** Milliseconds between two paintings of the progress: painting takes time from what is measured. */
const PAINT_MS = 100

const results = byId('results', HTMLElement)
const views = new Map(
  places.map((place) => {
    const headline = h('p', { class: 'headline' }, place.about)
    const chart = createChart()
    const table = createTable(`Calls to a side in: ${place.title}`)
    const section = h(
      'section',
      { class: 'measured', 'aria-labelledby': `at-${place.id}`, id: place.id, hidden: true },
      h('h2', { id: `at-${place.id}` }, place.title),
      headline,
      chart.element,
      h('details', { open: true }, h('summary', {}, 'The figures'), table.element),
    )
    results.append(section)
    return [place, { section, headline, chart, table }]
  }),
)

let controller = new AbortController()
const controls = createControls(new URLSearchParams(location.search), {
  start: (chosen, plan) => void run(chosen, plan),
  stop: () => controller.abort(new DOMException('Stopped', 'AbortError')),
})

byId('controls', HTMLElement).append(controls.element)
setUpTheme(byId('theme', HTMLButtonElement), () => {})
byId('versions', HTMLElement).textContent =
  document.querySelector<HTMLMetaElement>('meta[name=versions]')?.content ?? 'portcall, comlink'

async function run(chosen: readonly Place[], plan: Plan): Promise<void> {
  controller = new AbortController()
  const start = performance.now()
  let painted = 0
  let measured = 0
  controls.begin()
  for (const [place, { section, chart, table, headline }] of views) {
    section.hidden = !chosen.includes(place)
    chart.clear()
    table.clear()
    headline.textContent = place.about
  }
  try {
    await measure(chosen, plan, {
      signal: controller.signal,
      progress(share, place, line) {
        if (performance.now() - painted < PAINT_MS) return
        painted = performance.now()
        controls.progress(share, `${place.title}: ${line?.title ?? 'opening both sides'}`)
        for (const [one, { chart }] of views) chart.mark(one === place ? line : undefined)
      },
      result(place, line, result) {
        measured++
        const view = views.get(place)
        view?.chart.show(line, result)
        view?.table.show(line, result)
        const { [line.ours]: ours, comlink } = result.figures
        if (view && ours && comlink && line.id === 'burst-1000')
          view.headline.textContent = `${place.about} · 1,000 calls at once: ${toRatio(ours.ratio)} raw, ${toRatio(ours.ratio / comlink.ratio)} comlink`
      },
    })
    controls.progress(1, '')
    controls.end('ok', `${measured} rows measured in ${toDuration(performance.now() - start)}.`)
  } catch (error) {
    const all = chosen.length * lines.length
    if (controller.signal.aborted) controls.end('aborted', `Stopped after ${measured} of ${all} rows.`)
    else controls.end('bad', String(error))
  }
  for (const { chart } of views.values()) chart.mark(undefined)
}
