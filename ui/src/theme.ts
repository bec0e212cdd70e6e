// The colours of the window: those that the person chose, or else the system's, whenever it changes them.
//
// An attribute says which, not `color-scheme` and `light-dark()`: when the one changes, WebKitGTK (seen with 2.50) draws
// its own fields anew and leaves every colour of the other as it was.
import type { Theme } from './generated/bindings'

const systemIsDark = matchMedia('(prefers-color-scheme: dark)')
let chosen: Theme = 'system'

function paint() {
  const dark = chosen === 'system' ? systemIsDark.matches : chosen === 'dark'
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
}

systemIsDark.addEventListener('change', paint)

export function useTheme(theme: Theme) {
  chosen = theme
  paint()
}
