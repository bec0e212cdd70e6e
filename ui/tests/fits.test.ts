// Every screen in every language fits: nothing is cut off and nothing is wider than the window, in the smallest window,
// in the usual one, and in the usual one at 200 %, which halves it.
import { afterAll, expect, test } from 'vitest'
import { useLanguage } from '../src/text'
import { cutText } from './cut'
import { inLanguage, scenes } from './gallery'
import { perform } from './stage'

const windows = { 'the smallest window': [360, 640], 'the usual window at 200 %': [480, 350], 'the usual window': [960, 700] } as const

const frame = window.frameElement as HTMLIFrameElement
const style = frame.style.cssText

/** Without a word to the test runner, as `page.viewport` has it: a screen is drawn once and resized, as people do. */
async function resize([width, height]: readonly [number, number]) {
  frame.style.width = `${width}px`
  frame.style.height = `${height}px`
  // What measures itself is told at the end of the next frame.
  await new Promise((told) => requestAnimationFrame(() => setTimeout(told)))
  expect([innerWidth, innerHeight]).toEqual([width, height])
}

afterAll(async () => {
  frame.style.cssText = style
  await useLanguage('en')
})

for (const language of ['en', 'de', 'ja', 'ar', 'en-XA'] as const) {
  test(`every text of every screen can be read in every window: ${language}`, async () => {
    const faults: string[] = []
    for (const scene of scenes) {
      const app = await perform({ ...scene, view: inLanguage(scene.view, language) })
      for (const [name, size] of Object.entries(windows)) {
        await resize(size)
        faults.push(...cutText().map((fault) => `${scene.name}, ${name}: ${fault}`))
      }
      app.end()
    }
    expect(faults).toEqual([])
  }, 120_000)
}
