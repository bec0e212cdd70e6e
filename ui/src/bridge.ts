// The way to the controller: one request, one answer, and a view whenever something changes.
import { invoke } from '@tauri-apps/api/core'
import { listen } from '@tauri-apps/api/event'
import type { Action, Origin, Passkey, View } from './generated/bindings'

export interface Bridge {
  /** What to show now. */
  view(): Promise<View>
  /** Calls back with each new view. */
  onView(show: (view: View) => void): void
  /** Does something. What comes of it is in the next view. */
  act(action: Action): Promise<void>
  /** The entries of the list of passkeys. */
  passkeys(): Promise<Passkey[]>
  /** Hands over the bytes of a picture that may show a code. */
  picture(bytes: Uint8Array, origin: Origin): Promise<void>
  /** Hands over a camera's picture, one byte of brightness for each pixel; tells whether it held a code. */
  frame(luma: Uint8Array, width: number, height: number): Promise<boolean>
}

export function tauriBridge(): Bridge {
  return {
    view: () => invoke('view'),
    onView: (show) => void listen<View>('view', (event) => show(event.payload)),
    act: (action) => invoke('act', { action }),
    passkeys: () => invoke('passkeys'),
    picture: (bytes, origin) => invoke('picture', bytes, { headers: { origin } }),
    frame: (luma, width, height) =>
      invoke('frame', luma, { headers: { width: String(width), height: String(height) } }),
  }
}
