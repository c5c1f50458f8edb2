const KEY = 'portcall-theme'

const system = matchMedia('(prefers-color-scheme: dark)')

export function isDark(): boolean {
  const { theme } = document.documentElement.dataset
  return theme === 'dark' || (theme !== 'light' && system.matches)
}

/** Let `button` switch between light and dark; until it is used, the system decides. */
export function setUpTheme(button: HTMLButtonElement, changed: () => void): void {
  const render = (): void => {
    const next = isDark() ? 'light' : 'dark'
    button.textContent = isDark() ? '☀' : '☾'
    button.setAttribute('aria-label', `Switch to ${next} colours`)
    button.title = `Switch to ${next} colours`
  }
  const change = (): void => {
    render()
    changed()
  }
  button.addEventListener('click', () => {
    const next = isDark() ? 'light' : 'dark'
    document.documentElement.dataset['theme'] = next
    localStorage.setItem(KEY, next)
    change()
  })
  system.addEventListener('change', change)
  render()
}
