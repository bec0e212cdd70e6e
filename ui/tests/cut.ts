// Finds text that a person can't read whole: cut off by its box, or beyond the edge of the window.

/** Elements whose text is cut, or that stand beyond the window's edges; one line each. */
export function cutText(): string[] {
  const found: string[] = []
  for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
    if (element.closest('.hidden, svg, [role=progressbar], video, [inert]') || !element.checkVisibility()) continue
    const fault = faultOf(element)
    if (fault) found.push(`${fault}: <${element.localName} class="${element.className}"> ${shortened(element)}`)
  }
  return found
}

function faultOf(element: HTMLElement): string | undefined {
  const style = getComputedStyle(element)
  const box = element.getBoundingClientRect()
  const sideways = element.closest('.sideways') // it scrolls, so what is beyond can be reached
  if (!sideways && box.width > 0 && (box.left < -1 || box.right > innerWidth + 1)) return 'beyond the window'
  if (element instanceof HTMLSelectElement) return selectFault(element, style)
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) return undefined
  if (style.display === 'inline' || style.display === 'contents') return undefined
  const scrolls = (overflow: string) => overflow === 'auto' || overflow === 'scroll'
  if (!scrolls(style.overflowX) && element.scrollWidth > element.clientWidth + 1) return 'wider than its box'
  const clips = style.overflowY === 'hidden' || style.overflowY === 'clip'
  if (clips && element.scrollHeight > element.clientHeight + 1) return 'taller than its box'
  return undefined
}

/** A closed select cuts what is too long without telling: its longest option has to fit. */
function selectFault(element: HTMLSelectElement, style: CSSStyleDeclaration): string | undefined {
  const pen = document.createElement('canvas').getContext('2d')!
  pen.font = style.font
  const arrow = style.appearance === 'none' ? 0 : 20 // else it has a padding of its own
  const room = element.clientWidth - parseFloat(style.paddingInlineStart) - parseFloat(style.paddingInlineEnd) - arrow
  const longest = Math.max(...[...element.options].map((option) => pen.measureText(option.text).width))
  return longest > room + 1 ? `an option of ${Math.round(longest)} in ${Math.round(room)} pixels` : undefined
}

const shortened = (element: HTMLElement) => (element.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 70)
