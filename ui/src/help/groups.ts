// Which part of the app an error belongs to, by the beginning of its code.
import type { ErrorCode } from '../generated/bindings'
import { t } from '../text'

export type Group = keyof typeof t.help.errors.groups

export const groups: readonly Group[] = [
  'code', 'bluetooth', 'tunnel', 'sign_in', 'phone', 'passkeys', 'verification', 'recovery', 'device',
]

/** The first pattern that fits decides. What fits none is about signing in. */
const patterns: [RegExp, Group][] = [
  [/^phone_|^nobody_scanned/, 'phone'],
  [/code|picture|clipboard|screen|origin|options|rp_id/, 'code'],
  [/^bluetooth_|^nobody_came/, 'bluetooth'],
  [/^tunnel_/, 'tunnel'],
  [/^pin_|^os_verification/, 'verification'],
  [/^recovery|^words|^share|^file|^passphrase_weak|^key_of|^backup|^schedule|^restore|^dialog/, 'recovery'],
  [/^keyring|^passkey|^vault|^label|^passphrase|^store|^already|^no_passkey|^policy_blocked/, 'passkeys'],
  [/^activity|^clock|^folder|^settings|^policy|^autostart|^internal/, 'device'],
]

export function groupOf(code: ErrorCode): Group {
  return patterns.find(([pattern]) => pattern.test(code))?.[1] ?? 'sign_in'
}
