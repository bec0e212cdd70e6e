// The way to the door: what stands between a start and the app.
import { invoke } from '@tauri-apps/api/core'
import { listen } from '@tauri-apps/api/event'
import type { Opening, OpeningAction, Strength } from '../generated/bindings'

export interface OpeningBridge {
  /** What stands between now. */
  opening(): Promise<Opening>
  /** Calls back with each change of it. */
  onOpening(show: (opening: Opening) => void): void
  /** Does something about it. What comes of it is in the next change. */
  act(action: OpeningAction): Promise<void>
  /** How strong a passphrase is. */
  strength(passphrase: string): Promise<Strength>
}

export function tauriBridge(): OpeningBridge {
  return {
    opening: () => invoke('opening'),
    // What changed before anybody listened is asked for once more.
    onOpening: (show) =>
      void listen<Opening>('opening', (event) => show(event.payload))
        .then(() => invoke<Opening>('opening'))
        .then(show),
    act: (action) => invoke('opening_act', { action }),
    strength: (passphrase) => invoke('strength', { passphrase }),
  }
}
