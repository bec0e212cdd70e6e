// Forced colours and reduced motion, as the system asks for them.
import { afterEach, expect, test } from 'vitest'
import { cdp } from 'vitest/browser'
import { gallery, passkeys } from './gallery'
import { stage, type Stage } from './stage'

interface Emulation {
  send(method: 'Emulation.setEmulatedMedia', media: { features: { name: string; value: string }[] }): Promise<unknown>
}

const wishes = (features: Record<string, string>) =>
  (cdp() as unknown as Emulation).send('Emulation.setEmulatedMedia', {
    features: Object.entries(features).map(([name, value]) => ({ name, value })),
  })

let app: Stage | undefined
afterEach(async () => {
  app?.end()
  app = undefined
  await wishes({ 'forced-colors': '', 'prefers-reduced-motion': '' })
})

test('with forced colours the page and the passkey in use have an outline, and no others', async () => {
  await wishes({ 'forced-colors': 'active' })
  expect(matchMedia('(forced-colors: active)').matches).toBe(true)
  app = stage(gallery.passkeys!, passkeys(40))
  await expect.poll(() => document.querySelector('[role=option]')).not.toBeNull()
  document.querySelector<HTMLElement>('[role=option]')!.click()
  await expect.poll(() => document.querySelector('[aria-selected=true]')).not.toBeNull()
  const outlined = (element: Element) => getComputedStyle(element).outlineStyle === 'solid'
  for (const selector of ['[aria-current=page]', '[aria-selected=true]']) {
    expect(outlined(document.querySelector(selector)!), selector).toBe(true)
  }
  for (const selector of ['nav button:not([aria-current])', '[aria-selected=false]']) {
    expect(outlined(document.querySelector(selector)!), selector).toBe(false)
  }
})

test('nothing moves for who wants nothing to move', async () => {
  app = stage(gallery.connecting!)
  expect(document.getAnimations().length).toBeGreaterThan(0)
  app.end()
  await wishes({ 'prefers-reduced-motion': 'reduce' })
  app = stage(gallery.connecting!)
  expect(document.getAnimations()).toEqual([])
})
