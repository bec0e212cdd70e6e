// What the state of backups says in one sentence, and how it looks.
import type { Backups, Banner, WizardKind } from '../generated/bindings'
import { ago, t } from '../text'

export type Rating = 'good' | 'warn' | 'bad'

export function rating({ counts, banner }: Backups): Rating {
  if (counts.all === 0) return 'good'
  if (banner === 'set_up' || banner === 'back_up') return 'bad'
  return banner === 'drill' || counts.onlyHere > 0 ? 'warn' : 'good'
}

export function sentence({ counts, recovery }: Backups): string {
  const when = (deed: { at: number } | null) => (deed === null ? null : ago(deed.at))
  const known = recovery.is === 'set_up' ? recovery : { lastBackup: null, lastDrill: null }
  return t.safety.sentence({
    all: counts.all,
    onlyHere: counts.onlyHere,
    backup: when(known.lastBackup),
    drill: when(known.lastDrill),
  })
}

/** The wizard that the banner leads to. */
export function nextWizard(banner: Banner): WizardKind | undefined {
  return banner === 'none' ? undefined : banner
}
