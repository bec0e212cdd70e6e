// Every screen in every language fits: nothing is cut off and nothing is wider than the window, in the smallest window,
// in the usual one, and in the usual one at 200 %, which halves it.
import { afterAll, expect, test } from 'vitest'
import { page } from 'vitest/browser'
import { useLanguage } from '../src/text'
import { cutText } from './cut'
import { inLanguage, scenes } from './gallery'
import { perform } from './stage'

const windows = { 'the smallest window': [360, 640], 'the usual window at 200 %': [480, 350], 'the usual window': [960, 700] } as const

afterAll(async () => {
  await page.viewport(960, 700)
  await useLanguage('en')
})

for (const language of ['en', 'de', 'ja', 'ar', 'en-XA'] as const) {
  for (const [name, [width, height]] of Object.entries(windows)) {
    test(`every text of every screen can be read: ${language}, ${name}`, async () => {
      await page.viewport(width, height)
      const faults: string[] = []
      for (const scene of scenes) {
        const app = await perform({ ...scene, view: inLanguage(scene.view, language) })
        faults.push(...cutText().map((fault) => `${scene.name}: ${fault}`))
        app.end()
      }
      expect(faults).toEqual([])
    }, 60_000)
  }
}
