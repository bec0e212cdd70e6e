// axe finds nothing serious on any screen, light or dark, and no screen is wider than a narrow window.
import { afterEach, expect, test } from 'vitest'
import { page } from 'vitest/browser'
import { gallery, passkeys } from './gallery'
import { faults, stage, type Stage } from './stage'

let app: Stage | undefined
afterEach(() => {
  app?.end()
  document.documentElement.style.colorScheme = ''
})

for (const [name, view] of Object.entries(gallery)) {
  for (const scheme of ['light', 'dark']) {
    test(`axe finds nothing serious: ${name}, ${scheme}`, async () => {
      document.documentElement.style.colorScheme = scheme
      app = stage(view, name === 'passkeys' ? passkeys(40) : [])
      await expect.poll(() => document.querySelector('h1')).not.toBeNull()
      expect(await faults()).toEqual([])
    })
  }

  test(`fits a window of 360 pixels at 100 % and 720 at 200 %: ${name}`, async () => {
    await page.viewport(360, 640)
    app = stage(view, name === 'passkeys' ? passkeys(40) : [])
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
    await page.viewport(960, 700)
  })
}
