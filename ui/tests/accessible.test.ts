// axe finds nothing serious on any screen, light, dark or with high contrast.
import { afterEach, expect, test } from 'vitest'
import { cdp } from 'vitest/browser'
import { scenes } from './gallery'
import { faults, perform, type Stage } from './stage'

interface Devtools {
  send(method: 'Emulation.setEmulatedMedia', params: { features: { name: string; value: string }[] }): Promise<unknown>
}

const contrast = (value: string) =>
  (cdp() as unknown as Devtools).send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-contrast', value }] })

let app: Stage | undefined
afterEach(async () => {
  app?.end()
  await contrast('')
})

for (const scene of scenes) {
  for (const theme of ['light', 'dark'] as const) {
    test(`axe finds nothing serious: ${scene.name}, ${theme}`, async () => {
      app = await perform({ ...scene, view: { ...scene.view, settings: { ...scene.view.settings, theme } } })
      expect(document.querySelector('h1')).not.toBeNull()
      expect(await faults()).toEqual([])
    })
  }

  test(`axe finds nothing serious: ${scene.name}, high contrast`, async () => {
    await contrast('more')
    expect(matchMedia('(prefers-contrast: more)').matches).toBe(true)
    app = await perform(scene)
    expect(await faults()).toEqual([])
  })
}
