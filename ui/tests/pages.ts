// The pages about safety, activity, settings and help, and what they fetch, for the tests and for who wants to look.
import type {
  ActivityKind,
  ActivityRow,
  Backups,
  Loss,
  MonthCounts,
  PlaceCounts,
  Recovery,
  Settings,
  Statistics,
  View,
  Whereabouts,
} from '../src/generated/bindings'

const now = Math.floor(Date.now() / 1000)
const day = 86_400

export const counts: PlaceCounts = { all: 42, onlyHere: 2, inBackup: 3, inDrilledBackup: 30, elsewhere: 7 }
const loss: Loss = { comeBack: 30, mayComeBack: 3, stayElsewhere: 7, gone: 2, backupsAreHere: true }

const recovery: Extract<Recovery, { is: 'set_up' }> = {
  is: 'set_up',
  since: now - 200 * day,
  recipient: 'age1v9rq7xdd8k8nvwxsz9aq9rqhvwtzp9ey0p9w6u3l6v3m5h6l0e7sv2ftf5',
  folder: '/media/stick/roamkey-backups',
  folderPlace: 'elsewhere',
  files: 9,
  keep: 10,
  lastBackup: { at: now - 3 * day, passkeys: 40 },
  lastDrill: { at: now - 20 * day, passkeys: 37 },
  schedule: 'weekly',
  scheduleProblem: null,
}

export const backups: Backups = { revision: 1, banner: 'none', counts, recovery, loss }

const only: PlaceCounts = { all: 5, onlyHere: 5, inBackup: 0, inDrilledBackup: 0, elsewhere: 0 }
const allGone: Loss = { comeBack: 0, mayComeBack: 0, stayElsewhere: 0, gone: 5, backupsAreHere: false }

export const safeties = {
  drilled: backups,
  'not-set-up': { revision: 1, banner: 'set_up', counts: only, recovery: { is: 'not_set_up' }, loss: allGone },
  'not-drilled': {
    revision: 1,
    banner: 'drill',
    counts: { ...only, onlyHere: 1, inBackup: 4 },
    recovery: {
      ...recovery,
      folderPlace: 'this_disk',
      lastDrill: null,
      schedule: 'never',
      scheduleProblem: 'schedule_failed',
    },
    loss: { ...allGone, mayComeBack: 4, gone: 1, backupsAreHere: true },
  },
  nothing: {
    revision: 1,
    banner: 'none',
    counts: { all: 0, onlyHere: 0, inBackup: 0, inDrilledBackup: 0, elsewhere: 0 },
    recovery: { is: 'not_set_up' },
    loss: { comeBack: 0, mayComeBack: 0, stayElsewhere: 0, gone: 0, backupsAreHere: false },
  },
} satisfies Record<string, Backups>

const placeNames = ['drilled_backup', 'elsewhere', 'backup', 'only_here'] as const

/** Where somebody has accounts. */
export const sites = [
  'bank.example',
  'cloud.example.net',
  'forum.example.com',
  'git.example.org',
  'health.example',
  'library.example',
  'login.example.org',
  'mail.example',
  'music.example.com',
  'school.example',
  'shop.example.org',
  'tax.example',
  'travel.example',
  'work.example.net',
]

export const whereabouts: Whereabouts[] = Array.from({ length: 42 }, (_, number) => ({
  id: String(number),
  site: { id: sites[number % sites.length]!, readable: null },
  name: number < sites.length ? 'alice@example.org' : 'alice',
  label: null,
  place: placeNames[number % 4]!,
}))

export const settings: Settings = {
  theme: 'system',
  language: 'system',
  systemLanguage: 'en',
  autostart: { state: 'off' },
  tunnel: { service: { id: 0, host: 'cable.ua5v.com', operator: 'google' }, fixed: false },
  tunnelCheck: { is: 'not_run' },
  verification: {
    state: 'ready',
    chosen: 'pin',
    way: 'pin',
    pin: { is: 'set', minimum: 6, triesLeft: 8, wait: null, reset: { is: 'not_asked', systemWouldDo: false, wait: 4 * 3600 } },
    systemProblem: 'os_verification_not_installed',
    task: { is: 'none' },
  },
  policy: {
    is: 'in_force',
    path: '/etc/roamkey/policy.toml',
    owner: 'root',
    minimumPinLength: 6,
    allowed: ['pin', 'system'],
    rules: [
      { sites: '*.example.org', maximumAgeDays: 730, maximumDisuseDays: 90, warnDays: 30 },
      { sites: '*', maximumAgeDays: null, maximumDisuseDays: 365, warnDays: 14 },
    ],
    touched: [
      { id: '1', site: { id: 'login.example.org', readable: null }, name: 'alice', daysLeft: null, limit: { is: 'age', days: 730 } },
      { id: '2', site: { id: 'shop.example.org', readable: null }, name: 'alice', daysLeft: 5, limit: { is: 'disuse', days: 90 } },
    ],
  },
  doctor: {
    is: 'done',
    at: now - 90,
    checks: [
      { verdict: { is: 'works' }, facts: { part: 'store', inFile: false, passkeys: 42 } },
      { verdict: { is: 'broken', code: 'bluetooth_off' }, facts: { part: 'bluetooth', adapter: 'hci0' } },
      { verdict: { is: 'works' }, facts: { part: 'tunnel', host: 'cable.ua5v.com', address: null } },
      { verdict: { is: 'remark', code: 'clock_wrong' }, facts: { part: 'clock', now, ahead: -75 } },
      { verdict: { is: 'works' }, facts: { part: 'verification', way: 'pin' } },
      { verdict: { is: 'works' }, facts: { part: 'folder', path: '/home/alice/.local/share/roamkey', free: 12_300_000_000 } },
      { verdict: { is: 'works' }, facts: { part: 'activity', entries: 10_000 } },
    ],
  },
  problem: null,
}

const kinds: ActivityKind[] = ['signed_in', 'signed_in', 'signed_in', 'refused', 'created', 'signed_in', 'backed_up', 'refused']
const reasons = ['denied', 'timed_out', 'verification_failed'] as const

/** The entry with this place, the newest first. */
export function entry(at: number, of: number): ActivityRow {
  const kind = kinds[at % kinds.length]!
  const about = kind !== 'backed_up'
  return {
    sequence: of - at,
    at: now - at * 3600,
    kind,
    because: kind === 'refused' ? reasons[at % reasons.length]! : null,
    site: about ? { id: sites[at % sites.length]!, readable: null } : null,
    account: about ? 'alice@example.org' : null,
    passkey: kind === 'signed_in' ? '0123456789abcdef0123456789abcdef' : null,
    userVerified: kind === 'signed_in' ? at % 3 > 0 : null,
    peer: null,
    count: about ? null : 40,
  }
}

/** What so many entries add up to, spread over months and sites. */
export function statistics(entries: number, months = 36, count = 500): Statistics {
  const each = Math.floor(entries / months)
  const byMonth: MonthCounts[] = Array.from({ length: months }, (_, number) => ({
    year: 2024 + Math.floor(number / 12),
    month: (number % 12) + 1,
    counts: { created: Math.floor(each / 10), signedIn: Math.floor((each * (5 + (number % 4))) / 10), refused: Math.floor(each / 8) },
  }))
  return {
    revision: 1,
    total: { created: Math.floor(entries * 0.1), signedIn: Math.floor(entries * 0.7), refused: Math.floor(entries * 0.2) },
    refusals: [
      { because: 'denied', count: Math.floor(entries * 0.1) },
      { because: 'timed_out', count: Math.floor(entries * 0.06) },
      { because: 'verification_failed', count: Math.floor(entries * 0.04) },
    ],
    sites: Array.from({ length: count }, (_, number) => ({
      site: { id: sites[number] ?? `site-${number}.example`, readable: null },
      counts: { created: 1, signedIn: Math.floor((entries * 0.7) / 1.6 ** (number + 2)), refused: 1 },
    })),
    months: byMonth,
  }
}

/** One of each page. */
export function pages(base: View): Record<string, View> {
  const ready = { ...base, settings, safety: { state: 'ready' as const, ...backups } }
  const safe = (name: keyof typeof safeties): View => ({
    ...ready,
    place: 'safety',
    safety: { state: 'ready', ...safeties[name] },
  })
  const log = { state: 'ready', revision: 1, entries: 10_000, unnoted: false, check: { is: 'not_checked' }, export: { is: 'none' } } as const
  const set = (change: Partial<Settings>): View => ({ ...ready, place: 'settings', settings: { ...settings, ...change } })
  return {
    safety: safe('drilled'),
    'safety-not-set-up': safe('not-set-up'),
    'safety-not-drilled': safe('not-drilled'),
    'safety-nothing': safe('nothing'),
    'safety-reading': { ...ready, place: 'safety', safety: { state: 'reading' } },
    'safety-failed': { ...ready, place: 'safety', safety: { state: 'failed', code: 'keyring_locked' } },
    banner: { ...ready, safety: { state: 'ready', ...safeties['not-set-up'] }, tips: { due: 'first_passkey', seen: ['first_passkey'] } },
    activity: { ...ready, place: 'activity', activity: { ...log, unnoted: true } },
    'activity-broken': {
      ...ready,
      place: 'activity',
      activity: { ...log, check: { is: 'broken', firstBad: 812, what: 'reordered' }, export: { is: 'written', path: '/home/alice/activity.csv', entries: 812 } },
    },
    'activity-empty': { ...ready, place: 'activity', activity: { ...log, entries: 0 } },
    'activity-failed': { ...ready, place: 'activity', activity: { state: 'failed', code: 'activity_broken' } },
    settings: set({}),
    'settings-tunnel-checking': set({
      tunnelCheck: {
        is: 'running',
        service: settings.tunnel.service,
        passed: [{ step: 'name', milliseconds: 12, found: '142.250.1.1' }, { step: 'address', milliseconds: 31, found: '142.250.1.1' }],
        now: 'tls',
      },
      verification: {
        ...(settings.verification as Extract<Settings['verification'], { state: 'ready' }>),
        task: { is: 'testing', check: { to: 'type_pin', problem: { is: 'wrong', triesLeft: 6 } } },
      },
      policy: { is: 'none', path: '/etc/roamkey/policy.toml' },
      doctor: { is: 'running' },
    }),
    'settings-tunnel-failed': set({
      tunnelCheck: {
        is: 'failed',
        service: { id: 1234, host: 'cable.wufkweyy3uaxb.com', operator: 'own' },
        passed: [{ step: 'name', milliseconds: 12, found: '192.0.2.7' }],
        at: 'address',
        code: 'tunnel_unreachable',
      },
      tunnel: { service: { id: 1234, host: 'cable.wufkweyy3uaxb.com', operator: 'own' }, fixed: true },
      verification: {
        ...(settings.verification as Extract<Settings['verification'], { state: 'ready' }>),
        pin: { is: 'set', minimum: null, triesLeft: 0, wait: 900, reset: { is: 'waiting', wait: 7200 } },
        systemProblem: null,
        task: { is: 'done', what: 'pin_reset_waits' },
      },
      autostart: { state: 'failed', code: 'autostart_failed' },
      problem: 'settings_damaged',
    }),
    help: { ...ready, place: 'help', tips: { due: null, seen: ['first_passkey', 'wrong_pin', 'bluetooth_failed'] } },
    'help-not-safe': { ...ready, place: 'help', safety: { state: 'ready', ...safeties['not-drilled'] } },
  }
}
