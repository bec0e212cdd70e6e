// One of each screen that the app can show, for the tests and for who wants to look at them.
import type { HandedOver, HandedStep, Language, Passkey, Question, SignIn, View } from '../src/generated/bindings'
import { pages, settings, sites } from './pages'
import { link, picture } from './qr'
import { wizards } from './wizards'

const base: View = {
  place: 'sign_in',
  signIn: { step: 'idle', problem: null },
  passkeys: { state: 'ready', revision: 1 },
  store: 'keyring',
  rebuilt: null,
  phone: { state: 'idle', tried: false },
  notice: { is: 'nothing' },
  pin: { state: 'set' },
  bluetooth: { state: 'ready' },
  safety: { state: 'reading' },
  wizard: { wizard: 'none' },
  activity: { state: 'reading' },
  settings,
  tips: { due: null, seen: [] },
}

const signIn = (signIn: SignIn): View => ({ ...base, signIn })

const alice = { name: 'alice@example.org', displayName: 'Alice Example', label: null, lastUsed: 1795000000, blocked: false }
const work = { name: 'alice', displayName: null, label: 'Work', lastUsed: null, blocked: false }

export const question: Question = {
  id: 1,
  operation: 'sign_in',
  site: { id: 'login.example.org', readable: null },
  accounts: [alice],
  origin: 'camera',
  turn: { to: 'decide' },
}

const asks = (change: Partial<Question>): View => signIn({ step: 'question', ...question, ...change })

export const gallery: Record<string, View> = {
  'ways-in': base,
  'ways-in-problem': { ...signIn({ step: 'idle', problem: 'code_too_old' }), bluetooth: { state: 'problem', code: 'bluetooth_off' } },
  looking: signIn({ step: 'looking', origin: 'screen' }),
  found: signIn({ step: 'found', operation: 'sign_in', origin: 'link', age: 12 }),
  'choose-pin': { ...signIn({ step: 'choose_pin' }), pin: { state: 'not_set', least: 4, problem: { is: 'unfit' } } },
  connecting: signIn({ step: 'connecting', stage: 'on_air' }),
  question: asks({}),
  'question-create': asks({ operation: 'create', origin: 'picture' }),
  'question-accounts': asks({ accounts: [alice, work, { ...work, label: 'Old', blocked: true }], origin: 'screen' }),
  'question-punycode': asks({ site: { id: 'xn--pypal-4ve.com', readable: 'pаypal.com' } }),
  'question-nothing': asks({ accounts: [] }),
  'question-pin': asks({ turn: { to: 'type_pin', problem: { is: 'wrong', triesLeft: 6 } } }),
  'question-system': asks({ turn: { to: 'asked_by_system' } }),
  'question-wait': asks({ turn: { to: 'wait' } }),
  done: signIn({ step: 'done', what: 'signed_in', site: question.site }),
  failed: signIn({ step: 'failed', code: 'nobody_came', diagnostics: 'Roamkey 0.1.0 on linux x86_64\ncode: nobody_came' }),
  passkeys: { ...base, place: 'passkeys' },
  'passkeys-empty': { ...base, place: 'passkeys', passkeys: { state: 'ready', revision: 0 } },
  'passkeys-failed': { ...base, place: 'passkeys', passkeys: { state: 'failed', code: 'keyring_locked' } },
  'passkeys-in-file': { ...base, place: 'passkeys', store: 'file', passkeys: { state: 'ready', revision: 0 } },
  'passkeys-rebuilt': { ...base, place: 'passkeys', rebuilt: { passkeys: 3, kept: '/home/alice/.local/share/roamkey/index.damaged-1.sqlite3' } },
  'ways-in-rebuilt': { ...base, rebuilt: { passkeys: 1, kept: null } },
  'passkeys-removed': { ...base, place: 'passkeys', notice: { is: 'removed', id: '0', name: 'alice', site: 'example.org' } },
  phone: { ...base, place: 'phone' },
  'phone-code': {
    ...base,
    place: 'phone',
    phone: {
      state: 'code',
      picture,
      link,
      seconds: 300,
    },
  },
  'phone-meeting': { ...base, place: 'phone', phone: { state: 'meeting', stage: 'ask_on_phone' } },
  'phone-done': { ...base, place: 'phone', phone: { state: 'done', what: 'create' } },
  'phone-failed': { ...base, place: 'phone', phone: { state: 'failed', code: 'nobody_scanned' } },
  welcome: { ...base, place: 'welcome', pin: { state: 'not_set', least: 4, problem: null } },
  'welcome-in-file': { ...base, place: 'welcome', store: 'file', pin: { state: 'not_set', least: 4, problem: null } },
  ...pages(base),
  ...wizards(base),
}

/** The steps of a request that a program handed over, which has a window of its own. */
export const handedSteps: Record<string, HandedStep> = {
  starting: { at: 'starting' },
  code: { at: 'code', picture, link, seconds: 300 },
  meeting: { at: 'meeting', stage: 'ask_on_phone' },
  failed: { at: 'failed', code: 'nobody_scanned' },
}

export const handed = (step: HandedStep): HandedOver => ({
  operation: 'create',
  site: { id: 'login.example.org', readable: null },
  account: 'alice@example.org',
  step,
  look: { theme: 'system', language: 'en', systemLanguage: 'en' },
})

/** What there is to look at: a screen, of a page with parts the number of the one that is opened, and what is pressed. */
export interface Scene {
  name: string
  view: View
  part?: number
  press?: string[]
  /** The window of a request that was handed over, in place of the app's own. */
  handed?: HandedOver
}

const parts: Record<string, number> = { activity: 3, 'activity-broken': 3, settings: 6, 'settings-tunnel-checking': 6, 'settings-tunnel-failed': 6, help: 3 }

/** What stands behind a press: the selectors of what is pressed, one after the other. */
const pressed: Record<string, { of: string; part?: number; press: string[] }> = {
  'welcome-pin': { of: 'welcome', press: ['.ends .main'] },
  'welcome-next': { of: 'welcome', press: ['.ends .main', '.ends .button:last-child'] },
  'passkeys-details': { of: 'passkeys', press: ['[role=option]'] },
  'passkeys-remove': { of: 'passkeys', press: ['[role=option]', '.button.danger'] },
  'activity-entry': { of: 'activity', part: 0, press: ['[role=option]'] },
}

export const scenes: Scene[] = [
  ...Object.entries(gallery).flatMap(([name, view]): Scene[] => {
    const count = parts[name]
    if (count === undefined) return [{ name, view }]
    return Array.from({ length: count }, (_, part) => ({ name: `${name} ${part}`, view, part }))
  }),
  ...Object.entries(pressed).map(([name, { of, ...rest }]) => ({ name, view: gallery[of]!, ...rest })),
  ...Object.entries(handedSteps).map(([name, step]) => ({ name: `handed-over ${name}`, view: base, handed: handed(step) })),
]

export const inLanguage = (view: View, language: Language): View => ({
  ...view,
  settings: { ...view.settings, language },
})

/** The passkeys of somebody who uses the app: a few at each site. */
export const kept: Passkey[] = passkeys(40).map((passkey, number) => {
  const site = sites[Math.floor(number / 3) % sites.length]!
  const name = ['alice@example.org', 'alice', 'alice.work'][number % 3]!
  return {
    ...passkey,
    site: { id: site, readable: null },
    name,
    displayName: number % 3 === 2 ? null : 'Alice Example',
    label: number === 1 ? 'Work' : null,
  }
})

/** As many passkeys as wanted, three for each site. */
export function passkeys(count: number): Passkey[] {
  return Array.from({ length: count }, (_, number) => ({
    id: String(number).padStart(32, '0'),
    site: { id: `site-${String(Math.floor(number / 3)).padStart(4, '0')}.example`, readable: null },
    name: `user-${number}`,
    displayName: number % 2 ? `Person ${number}` : null,
    label: number % 7 === 6 ? `Label ${number}` : null,
    createdAt: 1790000000 + number,
    lastUsed: number % 3 === 2 ? null : 1794000000 + number,
    uses: number % 3 === 2 ? 0 : number + 1,
    backedUp: number % 2 === 0,
    state: number % 50 === 49 ? 'missing' : 'ready',
  }))
}
