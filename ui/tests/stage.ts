// The app with a bridge that leads nowhere: it remembers what was asked and shows the views that a test gives.
import axe from 'axe-core'
import { flushSync, mount, tick, unmount } from 'svelte'
import '../src/app.css'
import App from '../src/App.svelte'
import type { Bridge } from '../src/bridge'
import type { Action, ActivityFilter, HandedAct, HandedOver, Passkey, Statistics, View } from '../src/generated/bindings'
import Request from '../src/request/Request.svelte'
import { languageOf, useLanguage } from '../src/text'
import { kept, type Scene } from './gallery'
import { entry, statistics, whereabouts } from './pages'
import { planRows, shares, words } from './wizards'

export interface Stage {
  acts: Action[]
  /** The filters with which the activity log was asked, and from where on. */
  looks: { filter: ActivityFilter; from: number }[]
  pictures: Uint8Array[]
  show(view: View): void
  end(): void
}

/** What the bridge answers, where that is not the usual. */
export interface Answers {
  passkeys?: Passkey[]
  words?: string[]
  statistics?: Statistics
}

export function stage(first: View, passkeys: Passkey[] = [], answers: Answers = {}): Stage {
  const acts: Action[] = []
  const looks: Stage['looks'] = []
  const pictures: Uint8Array[] = []
  let draw = (_: View) => {}
  const all = first.activity.state === 'ready' ? first.activity.entries : 0
  const bridge: Bridge = {
    view: async () => first,
    onView: (show) => (draw = show),
    act: async (action) => void acts.push(action),
    passkeys: async () => passkeys,
    whereabouts: async () => whereabouts,
    words: async () => answers.words ?? words,
    shares: async () => shares,
    plan: async () => planRows,
    strength: async (passphrase) => ({
      score: passphrase.length > 20 ? 4 : 1,
      guessesLog10: passphrase.length,
      enough: passphrase.length > 20,
    }),
    activity: async (filter, from, count) => {
      looks.push({ filter, from })
      const rows = Math.max(0, Math.min(count, all - from))
      return { revision: 1, matching: all, rows: Array.from({ length: rows }, (_, at) => entry(from + at, all)) }
    },
    statistics: async () => answers.statistics ?? statistics(all),
    tunnelName: async (id) => {
      if (id === 0) return { id, host: 'cable.ua5v.com', operator: 'google' }
      if (id === 1) return { id, host: 'cable.auth.com', operator: 'apple' }
      return id < 256 || id > 65_535 ? null : { id, host: 'cable.wufkweyy3uaxb.com', operator: 'own' }
    },
    picture: async (bytes) => void pictures.push(bytes),
    frame: async () => false,
  }
  document.documentElement.lang = 'en'
  document.title = 'Roamkey'
  const app = mount(App, { target: document.body, props: { bridge, first } })
  flushSync()
  return {
    acts,
    looks,
    pictures,
    show: (view) => {
      draw(view)
      flushSync()
    },
    end: () => void unmount(app),
  }
}

export interface Handed {
  acts: HandedAct[]
  show(view: HandedOver): void
  end(): void
}

/** The window of a request that a program handed over. */
export function handedStage(first: HandedOver): Handed {
  const acts: HandedAct[] = []
  let draw = (_: HandedOver) => {}
  const bridge = {
    view: async () => first,
    onView: (show: (view: HandedOver) => void) => (draw = show),
    act: async (act: HandedAct) => void acts.push(act),
  }
  document.documentElement.lang = 'en'
  document.title = 'Roamkey'
  const window = mount(Request, { target: document.body, props: { bridge, first } })
  flushSync()
  return { acts, show: (view) => (draw(view), flushSync()), end: () => void unmount(window) }
}

/** Shows a scene as a person would see it: in its language, with what it fetches, and everything that folds open. */
export async function perform(scene: Scene & { handed?: never }, answers?: Answers): Promise<Stage>
export async function perform(scene: Scene, answers?: Answers): Promise<Stage | Handed>
export async function perform(scene: Scene, answers: Answers = {}): Promise<Stage | Handed> {
  await useLanguage(languageOf(scene.view.settings))
  const app = scene.handed
    ? handedStage(scene.handed)
    : stage(scene.view, /^passkeys(?!-empty)/.test(scene.name) ? kept : [], answers)
  document.documentElement.lang = languageOf(scene.view.settings)
  if (scene.part !== undefined) {
    document.querySelectorAll<HTMLButtonElement>('main nav button')[scene.part]!.click()
  }
  // Fetches answer at once; what they bring may fetch again.
  for (let turn = 0; turn < 4; turn += 1) await tick()
  for (const selector of scene.press ?? []) {
    const [target] = [...document.querySelectorAll<HTMLElement>(selector)]
    if (!target) throw new Error(`${scene.name}: nothing to press at ${selector}`)
    target.click()
    flushSync()
    await tick()
  }
  document.querySelectorAll('details').forEach((details) => (details.open = true))
  // The event that tells of it comes with the next frame.
  await new Promise(requestAnimationFrame)
  for (let turn = 0; turn < 4; turn += 1) await tick()
  flushSync()
  return app
}

/** The rules whose outcome depends on the theme, and those that hold where the system asks for more contrast. */
const colours = ['color-contrast', 'link-in-text-block']
const strongColours = [...colours, 'color-contrast-enhanced']

/** What axe finds that is serious or worse, one line each; of all its rules, or of those about colours. */
export async function faults(rules: 'all' | 'colours' | 'strong colours' = 'all'): Promise<string[]> {
  const values = rules === 'colours' ? colours : strongColours
  const only = rules === 'all' ? {} : { runOnly: { type: 'rule' as const, values } }
  const found = await axe.run(document.body, { resultTypes: ['violations'], ...only })
  return found.violations
    .filter((fault) => fault.impact === 'serious' || fault.impact === 'critical')
    .map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(' | ')}`)
}

export function button(text: string): HTMLButtonElement {
  const found = [...document.querySelectorAll('button')].find((button) => button.textContent?.trim() === text)
  if (!found) throw new Error(`no button “${text}”`)
  return found
}
