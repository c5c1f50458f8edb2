import { h } from './dom.ts'

export interface Tab {
  readonly id: string
  readonly label: string
  readonly panel: HTMLElement
}

export interface Tabs {
  readonly element: HTMLElement
  select(id: string): void
}

/** Panels of which one is shown, chosen by tabs (arrow keys, Home and End go through them). */
export function createTabs(label: string, tabs: readonly Tab[]): Tabs {
  const buttons = tabs.map(({ id, label, panel }) => {
    panel.id = `panel-${id}`
    panel.role = 'tabpanel'
    panel.setAttribute('aria-labelledby', `tab-${id}`)
    return h(
      'button',
      {
        type: 'button',
        id: `tab-${id}`,
        class: 'tab',
        role: 'tab',
        'aria-controls': panel.id,
        onclick: () => select(id),
      },
      label,
    )
  })

  const select = (id: string): void => {
    for (const [index, tab] of tabs.entries()) {
      const isChosen = tab.id === id
      tab.panel.hidden = !isChosen
      const button = buttons[index]
      button?.setAttribute('aria-selected', String(isChosen))
      if (button) button.tabIndex = isChosen ? 0 : -1
    }
  }

  const step = (event: KeyboardEvent): void => {
    const at = buttons.findIndex((button) => button === event.target)
    const last = buttons.length - 1
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    }
    const to = steps[event.key]
    const button = to === undefined ? undefined : buttons[to]
    if (at < 0 || !button) return
    event.preventDefault()
    button.focus()
    button.click()
  }

  const list = h('div', { class: 'tabs', role: 'tablist', 'aria-label': label }, ...buttons)
  list.addEventListener('keydown', step)
  select(tabs[0]?.id ?? '')
  return { element: h('div', {}, list, ...tabs.map(({ panel }) => panel)), select }
}
