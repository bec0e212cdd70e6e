// The app with a bridge that leads nowhere: it remembers what was asked and shows the views that a test gives.
import axe from 'axe-core'
import { flushSync, mount, unmount } from 'svelte'
import '../src/app.css'
import App from '../src/App.svelte'
import type { Bridge } from '../src/bridge'
import type { Action, Passkey, View } from '../src/generated/bindings'

export interface Stage {
  acts: Action[]
  pictures: Uint8Array[]
  show(view: View): void
  end(): void
}

export function stage(first: View, passkeys: Passkey[] = []): Stage {
  const acts: Action[] = []
  const pictures: Uint8Array[] = []
  let draw = (_: View) => {}
  const bridge: Bridge = {
    view: async () => first,
    onView: (show) => (draw = show),
    act: async (action) => void acts.push(action),
    passkeys: async () => passkeys,
    whereabouts: async () => [],
    words: async () => [],
    shares: async () => [],
    plan: async () => [],
    strength: async () => ({ score: 0, guessesLog10: 0, enough: false }),
    activity: async () => ({ revision: 0, matching: 0, rows: [] }),
    statistics: async () => ({
      revision: 0,
      total: { created: 0, signedIn: 0, refused: 0 },
      refusals: [],
      sites: [],
      months: [],
    }),
    tunnelName: async () => null,
    picture: async (bytes) => void pictures.push(bytes),
    frame: async () => false,
  }
  document.documentElement.lang = 'en'
  document.title = 'Roamkey'
  const app = mount(App, { target: document.body, props: { bridge, first } })
  flushSync()
  return {
    acts,
    pictures,
    show: (view) => {
      draw(view)
      flushSync()
    },
    end: () => void unmount(app),
  }
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
