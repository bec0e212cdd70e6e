// The app with a bridge that leads nowhere: it remembers what was asked and shows the views that a test gives.
import axe from 'axe-core'
import { flushSync, mount, tick, unmount } from 'svelte'
import '../src/app.css'
import App from '../src/App.svelte'
import type { Bridge } from '../src/bridge'
import type { Action, ActivityFilter, Passkey, Statistics, View } from '../src/generated/bindings'
import { languageOf, useLanguage } from '../src/text'
import { passkeys as somePasskeys, type Scene } from './gallery'
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

/** Shows a scene as a person would see it: in its language, with what it fetches, and everything that folds open. */
export async function perform(scene: Scene): Promise<Stage> {
  await useLanguage(languageOf(scene.view.settings))
  const app = stage(scene.view, scene.name === 'passkeys' ? somePasskeys(40) : [])
  if (scene.part !== undefined) {
    document.querySelectorAll<HTMLButtonElement>('main nav button')[scene.part]!.click()
  }
  // Fetches answer at once; what they bring may fetch again.
  for (let turn = 0; turn < 4; turn += 1) await tick()
  document.querySelectorAll('details').forEach((details) => (details.open = true))
  // The event that tells of it comes with the next frame.
  await new Promise(requestAnimationFrame)
  for (let turn = 0; turn < 4; turn += 1) await tick()
  flushSync()
  return app
}

/** What axe finds that is serious or worse, one line each. */
export async function faults(): Promise<string[]> {
  const found = await axe.run(document.body, { resultTypes: ['violations'] })
  return found.violations
    .filter((fault) => fault.impact === 'serious' || fault.impact === 'critical')
    .map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(' | ')}`)
}

export function button(text: string): HTMLButtonElement {
  const found = [...document.querySelectorAll('button')].find((button) => button.textContent?.trim() === text)
  if (!found) throw new Error(`no button “${text}”`)
  return found
}
