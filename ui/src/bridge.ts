// The way to the controller: one request, one answer, and a view whenever something changes.
import { invoke } from '@tauri-apps/api/core'
import { listen } from '@tauri-apps/api/event'
import type {
  Action,
  ActivityFilter,
  ActivityPage,
  Origin,
  Passkey,
  PlanRow,
  Statistics,
  Strength,
  TunnelName,
  View,
  Whereabouts,
} from './generated/bindings'

export interface Bridge {
  /** What to show now. */
  view(): Promise<View>
  /** Calls back with each new view. */
  onView(show: (view: View) => void): void
  /** Does something. What comes of it is in the next view. */
  act(action: Action): Promise<void>
  /** The entries of the list of passkeys. */
  passkeys(): Promise<Passkey[]>
  /** Where each passkey is. To be fetched when the revision of `View.safety` changes. */
  whereabouts(): Promise<Whereabouts[]>
  /** The recovery words, while the wizard is at the step `words`; otherwise nothing. Not to be kept beyond that step. */
  words(): Promise<string[]>
  /** The shares of the words, while the wizard is at the step `shares`; otherwise nothing. Not to be kept. */
  shares(): Promise<string[]>
  /** The rows of the plan, while the wizard is at the step `plan`; otherwise nothing. */
  plan(): Promise<PlanRow[]>
  /** How strong a passphrase is. */
  strength(passphrase: string): Promise<Strength>
  /** Entries of the activity log that fit a filter: `count` of them after the first `from`, the newest first. */
  activity(filter: ActivityFilter, from: number, count: number): Promise<ActivityPage>
  /** What the activity log adds up to. To be fetched when the revision of `View.activity` changes. */
  statistics(): Promise<Statistics>
  /** The tunnel service with a number, if there is one. */
  tunnelName(id: number): Promise<TunnelName | null>
  /** Hands over the bytes of a picture that may show a code. */
  picture(bytes: Uint8Array, origin: Origin): Promise<void>
  /** Hands over a camera's picture, one byte of brightness for each pixel; tells whether it held a code. */
  frame(luma: Uint8Array, width: number, height: number): Promise<boolean>
}

export function tauriBridge(): Bridge {
  return {
    view: () => invoke('view'),
    // What changed before anybody listened is asked for once more.
    onView: (show) =>
      void listen<View>('view', (event) => show(event.payload))
        .then(() => invoke<View>('view'))
        .then(show),
    act: (action) => invoke('act', { action }),
    passkeys: () => invoke('passkeys'),
    whereabouts: () => invoke('whereabouts'),
    words: () => invoke('words'),
    shares: () => invoke('shares'),
    plan: () => invoke('plan'),
    strength: (passphrase) => invoke('strength', { passphrase }),
    activity: (filter, from, count) => invoke('activity', { filter, from, count }),
    statistics: () => invoke('statistics'),
    tunnelName: (id) => invoke('tunnel_name', { id }),
    picture: (bytes, origin) => invoke('picture', bytes, { headers: { origin } }),
    frame: (luma, width, height) =>
      invoke('frame', luma, { headers: { width: String(width), height: String(height) } }),
  }
}
