const KEY = 'portcall-theme'

/** Let `button` switch between light and dark; until it is used, the system decides. */
export function setUpTheme(button: HTMLButtonElement): void {
  const root = document.documentElement
  const system = matchMedia('(prefers-color-scheme: dark)')
  const isDark = (): boolean => {
    const { theme } = root.dataset
    return theme === 'dark' || (theme !== 'light' && system.matches)
  }
  const render = (): void => {
    const next = isDark() ? 'light' : 'dark'
    button.textContent = isDark() ? '☀' : '☾'
    button.setAttribute('aria-label', `Switch to ${next} colours`)
    button.title = `Switch to ${next} colours`
  }
  button.addEventListener('click', () => {
    const next = isDark() ? 'light' : 'dark'
    root.dataset['theme'] = next
    localStorage.setItem(KEY, next)
    render()
  })
  system.addEventListener('change', render)
  render()
}
