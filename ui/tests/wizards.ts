// One of each step of each wizard.
import type { PlanRow, View, Wizard } from '../src/generated/bindings'
import { backups, settings } from './pages'

export const words = Array.from({ length: 24 }, (_, number) => `kiwi${'abcdefghijklmnopqrstuvwx'[number]}`)
export const shares = [1, 2, 3].map((number) => `rkshare1${'qpzry9x8gf2tvdw0s3jn54khce6mua7l'.repeat(3)}${number}`)

const progress = { done: 17, total: 42, stopping: false }
const suggested = { path: '/media/stick/roamkey-backups/roamkey-20261120T081500Z.age', at: Date.now() / 1000 - 3 * 86_400 }
const written = { path: suggested.path, passkeys: 40, leftOut: 2, removed: 1 }
const plan = {
  path: suggested.path,
  format: 'cxf',
  madeAt: suggested.at,
  held: 12,
  new: 28,
  same: 11,
  conflicts: 1,
  inTrash: 1,
  skipped: 2,
  others: 3,
  trimmed: 1,
} as const

export const planRows: PlanRow[] = [
  { row: 'conflict', site: { id: 'login.example.org', readable: null }, name: 'alice' },
  { row: 'skipped', place: { in: 'credential', item: 3, credential: 1 }, site: null, reason: 'missing_field', field: 'key' },
  { row: 'skipped', place: { in: 'item', item: 4 }, site: { id: 'shop.example', readable: null }, reason: 'counter', field: null },
  { row: 'in_trash', site: { id: 'old.example', readable: null }, name: 'alice' },
  { row: 'new', site: { id: 'new.example', readable: null }, name: 'alice@example.org' },
]

const steps: Record<string, Wizard> = {
  'set-up-begin': { wizard: 'set_up', step: 'begin', anew: true, problem: 'words_wrong' },
  'set-up-words': { wizard: 'set_up', step: 'words', anew: false },
  'set-up-confirm': { wizard: 'set_up', step: 'confirm', places: [3, 11, 20], problem: 'words_not_confirmed' },
  'set-up-saving': { wizard: 'set_up', step: 'saving' },
  'set-up-done': { wizard: 'set_up', step: 'done', sheet: { is: 'not_written', problem: null } },
  'set-up-sheet': { wizard: 'set_up', step: 'done', sheet: { is: 'written', path: '/home/alice/roamkey-sheet.html', problem: 'file_not_opened' } },
  'set-up-failed': { wizard: 'set_up', step: 'failed', code: 'keyring_failed' },
  'back-up-ready': { wizard: 'back_up', step: 'ready', folder: '/media/stick/roamkey-backups', problem: 'file_not_written' },
  'back-up-working': { wizard: 'back_up', step: 'working', ...progress },
  'back-up-done': { wizard: 'back_up', step: 'done', ...written },
  'back-up-failed': { wizard: 'back_up', step: 'failed', code: 'file_not_written' },
  'drill-file': { wizard: 'drill', step: 'choose_file', suggested, problem: null },
  'drill-unlock': { wizard: 'drill', step: 'unlock', path: suggested.path, wants: 'words', problem: 'words_do_not_fit' },
  'drill-opening': { wizard: 'drill', step: 'opening' },
  'drill-working': { wizard: 'drill', step: 'working', ...progress, stopping: true },
  'drill-done': { wizard: 'drill', step: 'done', madeAt: suggested.at, working: 40, backedUp: 38, notInIt: 2 },
  'drill-failed': { wizard: 'drill', step: 'failed', code: 'backup_keys_fail' },
  'restore-file': { wizard: 'restore', step: 'choose_file', suggested: null, backupFlags: null, problem: 'file_unknown' },
  'restore-unlock': { wizard: 'restore', step: 'unlock', path: suggested.path, wants: 'passphrase', problem: 'file_passphrase_wrong' },
  'restore-plan': { wizard: 'restore', step: 'plan', ...plan },
  'restore-working': { wizard: 'restore', step: 'working', ...progress },
  'restore-done': { wizard: 'restore', step: 'done', added: 20, hereAlready: 11, inTrash: 1, failed: 2, notTried: 6 },
  'restore-failed': { wizard: 'restore', step: 'failed', code: 'restore_incomplete' },
  'import-file': { wizard: 'import', step: 'choose_file', suggested: null, backupFlags: 'as_usual', problem: null },
  'import-unlock': { wizard: 'import', step: 'unlock', path: '/home/alice/bitwarden.json', wants: 'password', problem: null },
  'import-plan': { wizard: 'import', step: 'plan', ...plan, path: '/home/alice/bitwarden.json', format: 'bitwarden_protected', madeAt: null, new: 0, skipped: 0, conflicts: 0 },
  'export-choose': { wizard: 'export', step: 'choose', canEncrypt: false, problem: null },
  'export-warn': { wizard: 'export', step: 'warn', kind: 'keepassxc', passkeys: 40 },
  'export-verify': { wizard: 'export', step: 'verify', kind: 'cxf', check: { to: 'type_pin', problem: { is: 'wrong', triesLeft: 6 } } },
  'export-system': { wizard: 'export', step: 'verify', kind: 'cxf', check: { to: 'asked_by_system' } },
  'export-working': { wizard: 'export', step: 'working', done: 0, total: 0, stopping: false },
  'export-done': { wizard: 'export', step: 'done', kind: 'cxf', file: { ...written, path: '/home/alice/passkeys.cxf.zip', removed: 0 } },
  'copy-choose': { wizard: 'copy', step: 'choose', problem: 'passphrase_weak' },
  'copy-done': { wizard: 'copy', step: 'done', ...written, path: '/media/stick/roamkey-copy.age', removed: 0 },
  'split-type': { wizard: 'split', step: 'type', problem: 'shares_numbers' },
  'split-shares': { wizard: 'split', step: 'shares', needed: 2, shares: 3 },
}

export function wizards(base: View): Record<string, View> {
  const open = (wizard: Wizard): View => ({
    ...base,
    place: 'safety',
    settings,
    safety: { state: 'ready', ...backups },
    wizard,
  })
  return Object.fromEntries(Object.entries(steps).map(([name, wizard]) => [name, open(wizard)]))
}
