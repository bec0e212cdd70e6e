// Pictures of the screens. Of those that the guide shows, one each, into docs/user/pictures; or of every screen in every
// language, light and dark, on sheets for a person to look at, into target/pictures: `script/ui pictures [every]`.
import { flushSync, mount, unmount } from 'svelte'
import { expect, test } from 'vitest'
import { cdp, commands, page } from 'vitest/browser'
import type { Bridge } from '../src/bridge'
import type { Language, Theme } from '../src/generated/bindings'
import Root from '../src/Root.svelte'
import { useLanguage } from '../src/text'
import { useTheme } from '../src/theme'
import { gallery, scenes, type Scene } from './gallery'
import { opening, openings } from './openings'
import { perform } from './stage'

interface Devtools {
  send(
    method: 'Page.captureScreenshot',
    params: { format: 'webp'; quality: number; clip: { x: number; y: number; width: number; height: number; scale: number } },
  ): Promise<{ data: string }>
}

/** The pictures of the guide: the scene, its size, and its language and theme if they are not English and light. */
const guide: Record<string, [name: string, width: number, height: number, language?: Language, theme?: Theme]> = {
  'ways-in': ['ways-in', 860, 540],
  found: ['found', 860, 400],
  question: ['question-accounts', 860, 660],
  passkeys: ['passkeys-plain', 960, 620],
  phone: ['phone-code', 860, 660],
  'handed-over': ['handed-over code', 480, 720],
  safety: ['safety-not-drilled', 860, 620],
  words: ['set-up-words', 860, 680],
  drill: ['drill-done', 860, 400],
  restore: ['restore-plan', 860, 690],
  export: ['export-warn', 860, 420],
  loss: ['help 0', 860, 640],
  activity: ['activity-plain', 960, 700],
  charts: ['charts-plain', 960, 700],
  tunnel: ['settings-tunnel-checking 2', 860, 880],
  doctor: ['settings 5', 860, 700],
  arabic: ['safety-not-drilled', 860, 620, 'ar'],
  japanese: ['question-accounts', 860, 660, 'ja', 'dark'],
}

/** Scenes of the guide that are not among those of the tests: with as much as somebody has, and no trouble. */
const plain: Scene[] = [
  { name: 'passkeys-plain', view: gallery.passkeys!, press: ['[role=option]:nth-child(3)'] },
  { name: 'activity-plain', view: withLog(1_200), part: 0, press: ['[role=option]'] },
  { name: 'charts-plain', view: withLog(1_200), part: 1 },
]

/** As they might be drawn; their checksum is wrong, so they open nothing. */
const words =
  'violet granite tunnel marble harvest coconut anchor pepper lantern orbit meadow fiber cousin puzzle ribbon salmon timber useful vintage walnut youth zebra oxygen quantum'.split(
    ' ',
  )

function withLog(entries: number) {
  const view = gallery.activity!
  return { ...view, activity: { ...view.activity, entries, unnoted: false } } as typeof view
}

async function show(scene: Scene, language: Language, theme: Theme) {
  const view = { ...scene.view, settings: { ...scene.view.settings, language, theme } }
  const app = await perform({ ...scene, view }, { words })
  useTheme(theme)
  return app
}

/** What the window shows, as WebP in Base64. */
async function picture(): Promise<string> {
  await document.fonts.ready
  await Promise.all([...document.images].map((image) => image.decode()))
  await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))
  const { x, y } = window.frameElement!.getBoundingClientRect()
  const clip = { x, y, width: innerWidth, height: innerHeight, scale: 1 }
  const devtools = cdp() as unknown as Devtools
  return (await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 82, clip })).data
}

const wanted: string = import.meta.env.VITE_PICTURES

for (const [file, [name, width, height, language = 'en', theme = 'light']] of Object.entries(guide)) {
  test.runIf(wanted === 'guide')(`a picture for the guide: ${file}`, async () => {
    const scene = [...plain, ...scenes].find((scene) => scene.name === name)
    expect(scene, name).toBeDefined()
    await page.viewport(width, height)
    const app = await show(scene!, language, theme)
    document.querySelectorAll('details').forEach((details) => (details.open = false))
    document.querySelector('main')!.scrollTop = 0
    await commands.writeFile(`../docs/user/pictures/${file}.webp`, await picture(), 'base64')
    app.end()
  })
}

interface Shot {
  name: string
  height: number
  data: string
}

const width = 780
const usual = 600
const tallest = 4000
const columns = 2
const sheet = 1900

/** The whole of a screen, as high as it is. */
async function shoot(name: string, draw: () => Promise<{ end(): void }>): Promise<Shot> {
  await page.viewport(width, usual)
  const app = await draw()
  const main = document.querySelector('main')!
  let height = usual
  for (let turn = 0; turn < 4 && main.scrollHeight > main.clientHeight; turn += 1) {
    height = Math.min(height + main.scrollHeight - main.clientHeight, tallest)
    await page.viewport(width, height)
  }
  const shot = { name, height, data: await picture() }
  app.end()
  return shot
}

async function showOpening(name: keyof typeof openings, language: Language, theme: 'light' | 'dark') {
  await useLanguage(language as 'en')
  const first = opening(openings[name], theme)
  const door = { opening: async () => first, onOpening: () => {}, act: async () => {}, strength: async () => ({ score: 4, guessesLog10: 20, enough: true }) }
  const root = mount(Root, {
    target: document.body,
    props: { bridge: {} as Bridge, door, first, view: undefined },
  })
  flushSync()
  return { end: () => void unmount(root) }
}

async function write(file: string, shots: Shot[][]) {
  useTheme('light')
  document.documentElement.dir = 'ltr'
  const image = ({ name, data }: Shot) => `<p>${name}</p><img src="data:image/webp;base64,${data}" alt="">`
  document.body.innerHTML = `<div style="display:flex;gap:8px;background:#999">${shots
    .map((column) => `<div style="flex:none;inline-size:${width}px">${column.map(image).join('')}</div>`)
    .join('')}</div>`
  await page.viewport(shots.length * (width + 8), document.body.scrollHeight)
  await page.viewport(shots.length * (width + 8), document.body.firstElementChild!.scrollHeight)
  await commands.writeFile(`../target/pictures/${file}.webp`, await picture(), 'base64')
  document.body.innerHTML = ''
}

const heightOf = (column: Shot[]) => column.reduce((sum, shot) => sum + shot.height + 24, 0)

for (const language of ['en', 'de', 'ja', 'ar'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test.runIf(wanted === 'every')(`sheets of every screen: ${language}, ${theme}`, async () => {
      const drawn: [string, () => Promise<{ end(): void }>][] = [
        ...scenes.map((scene): (typeof drawn)[0] => [scene.name, () => show(scene, language, theme)]),
        ...Object.keys(openings).map((name): (typeof drawn)[0] => [
          `opening ${name}`,
          () => showOpening(name as keyof typeof openings, language, theme),
        ]),
      ]
      let number = 0
      let shots: Shot[][] = Array.from({ length: columns }, () => [])
      const finish = async () => {
        number += 1
        await write(`${language}-${theme}-${String(number).padStart(2, '0')}`, shots)
        shots = Array.from({ length: columns }, () => [])
      }
      for (const [name, draw] of drawn) {
        const shot = await shoot(name, draw)
        let column = shots.reduce((least, column) => (heightOf(column) < heightOf(least) ? column : least))
        if (heightOf(column) > 0 && heightOf(column) + shot.height > sheet) {
          await finish()
          column = shots[0]!
        }
        column.push(shot)
      }
      if (shots[0]!.length > 0) await finish()
    }, 600_000)
  }
}
