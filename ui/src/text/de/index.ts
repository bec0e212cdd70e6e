// German. The address is „Sie“; the words, everywhere the same:
//   passkey Passkey (der) · PIN PIN (die) · QR code QR-Code · sign in anmelden · site Website · account Konto
//   label Bezeichnung · keyring Schlüsselbund · tunnel service Tunneldienst · phone Smartphone (as Chrome says)
//   safety Vorsorge · recovery Wiederherstellung · the 24 words die 24 Wörter · sheet Blatt, Notfallblatt
//   share Anteil · backup Sicherung · to back up sichern · drill Probe · restore wiederherstellen · trash Papierkorb
//   activity Aktivitäten · activity log Aktivitätenprotokoll · policy Richtlinie · rule Regel · doctor Selbsttest
//   diagnostics Diagnosedaten · administrator Systemverwaltung · passphrase Passphrase
//   verification Identitätsprüfung
import type { Catalogue } from '../en'
import { activity } from './activity'
import { common } from './common'
import { errors } from './errors'
import { frame } from './frame'
import { help } from './help'
import { opening } from './opening'
import { passkeys } from './passkeys'
import { phone } from './phone'
import { safety } from './safety'
import { settings } from './settings'
import { signIn } from './sign-in'
import { welcome } from './welcome'
import { wizards } from './wizards'

export const de: Catalogue = {
  ...frame,
  ...common,
  ...signIn,
  ...opening,
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
