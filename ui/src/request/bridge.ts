// The way to the process behind this window: one view, two things to do.
import { invoke } from '@tauri-apps/api/core'
import { listen } from '@tauri-apps/api/event'
import type { HandedAct, HandedOver } from '../generated/bindings'

export interface RequestBridge {
  /** What to show now. */
  view(): Promise<HandedOver>
  /** Calls back with each new view. */
  onView(show: (view: HandedOver) => void): void
  /** Does something. What comes of it is in the next view, or the window goes. */
  act(act: HandedAct): Promise<void>
}

export function tauriBridge(): RequestBridge {
  return {
    view: () => invoke('handed'),
    // What changed before anybody listened is asked for once more.
    onView: (show) =>
      void listen<HandedOver>('handed', (event) => show(event.payload))
        .then(() => invoke<HandedOver>('handed'))
        .then(show),
    act: (act) => invoke('handed_act', { act }),
  }
}
