// German. The address is „Sie“; the words, everywhere the same:
//   passkey Passkey (der) · PIN PIN (die) · QR code QR-Code · sign in anmelden · site Website · account Konto
//   label Bezeichnung · keyring Schlüsselbund · tunnel service Tunneldienst · phone Smartphone (as Chrome says)
//   safety Vorsorge · recovery Wiederherstellung · the 24 words die 24 Wörter · sheet Blatt, Notfallblatt
//   share Anteil · backup Sicherung · to back up sichern · drill Probe · restore wiederherstellen · trash Papierkorb
//   activity Aktivitäten · activity log Aktivitätenprotokoll · policy Richtlinie · rule Regel · doctor Selbsttest
//   diagnostics Diagnosedaten · administrator Systemverwaltung · passphrase Passphrase · shortcut Tastenkürzel
// An area that is imported from `../en` is not translated yet.
import type { Catalogue } from '../en'
import { activity } from './activity'
import { help } from './help'
import { safety } from './safety'
import { settings } from '../en/settings'
import { wizards } from './wizards'
import { common } from './common'
import { errors } from './errors'
import { frame } from './frame'
import { passkeys } from './passkeys'
import { phone } from './phone'
import { signIn } from './sign-in'
import { welcome } from './welcome'

export const de: Catalogue = {
  ...frame,
  ...common,
  ...signIn,
  ...passkeys,
  ...phone,
  ...welcome,
  ...safety,
  ...wizards,
  ...activity,
  ...settings,
  ...help,
  errors,
}
