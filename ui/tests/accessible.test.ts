// axe finds nothing serious on any screen: light, dark, and each of them with high contrast. Names, roles and order are the
// same in all four, so those are looked at once; the colours are looked at in each, and stand out more in high contrast.
import { afterEach, expect, test } from 'vitest'
import { cdp } from 'vitest/browser'
import { useTheme } from '../src/theme'
import { scenes } from './gallery'
import { faults, perform } from './stage'

interface Devtools {
  send(method: 'Emulation.setEmulatedMedia', params: { features: { name: string; value: string }[] }): Promise<unknown>
}

const contrast = (value: string) =>
  (cdp() as unknown as Devtools).send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-contrast', value }] })

let app: { end(): void } | undefined
afterEach(async () => {
  app?.end()
  app = undefined
  useTheme('system')
  await contrast('')
})

for (const scene of scenes) {
  test(`axe finds nothing serious: ${scene.name}`, async () => {
    app = await perform(scene)
    expect(document.querySelector('h1')).not.toBeNull()
    const found: string[] = []
    const look = async (scheme: 'light' | 'dark', rules: Parameters<typeof faults>[0] = 'colours') => {
      useTheme(scheme)
      const more = matchMedia('(prefers-contrast: more)').matches ? ', high contrast' : ''
      found.push(...(await faults(rules)).map((fault) => `${scheme}${more}: ${fault}`))
    }
    await look('light', 'all')
    await look('dark')
    await contrast('more')
    expect(matchMedia('(prefers-contrast: more)').matches).toBe(true)
    await look('dark', 'strong colours')
    await look('light', 'strong colours')
    expect(found).toEqual([])
  })
}
