// The list of passkeys and the details of one.
import { isolate } from '../isolate'
import { number, plural } from './words'

export const passkeys = {
  passkeys: {
    title: 'Passkeys',
    count: (count: number) => plural(count, { one: '# Passkey', other: '# Passkeys' }),
    found: (found: number, count: number) => `${number(found)} von ${number(count)}`,
    search: 'Suchen',
    sort: 'Sortieren nach',
    sorts: { site: 'Website', used: 'letzter Benutzung', created: 'Erstellung' },
    filter: 'Anzeigen',
    filters: { all: 'alle', never_used: 'nie benutzte', only_here: 'nur hier vorhandene', trouble: 'mit Problemen' },
    list: 'Passkeys nach Website',
    reading: 'Ihre Passkeys werden gelesen…',
    empty: 'Noch keine Passkeys',
    emptyHint:
      'Wenn eine Website auf einem anderen Gerät anbietet, einen Passkey zu erstellen, wählen Sie dort „Smartphone oder Tablet verwenden“ und geben Sie den QR-Code an Roamkey weiter.',
    emptyAction: 'Auf einem anderen Gerät anmelden',
    nothing: 'Kein Passkey passt zur Suche.',
    noSite: 'Unbekannte Website',
    site: 'Website',
    account: 'Konto',
    name: 'Name dort',
    label: 'Bezeichnung (nur Sie sehen sie)',
    rename: 'Speichern',
    backup: 'Sicherung',
    backedUp: 'In einer geprüften Sicherung oder auch auf einem anderen Gerät',
    onlyHere: 'Nur auf diesem Gerät',
    remove: 'Entfernen…',
    removeTitle: (name: string) => `${isolate(name)} entfernen?`,
    removeText:
      'Entfernt wird der Passkey nur hier: Die Website führt ihn weiter auf, löschen Sie ihn deshalb auch dort. 30 Tage lang können Sie ihn zurückholen.',
    removeLast: 'Es ist hier der letzte für diese Website: Stellen Sie sicher, dass Sie sich auf einem anderen Weg anmelden können.',
    removeHere: 'Hier entfernen',
    removed: (name: string, site: string) => `${isolate(name)} (${isolate(site)}) wurde von diesem Gerät entfernt.`,
    undo: 'Rückgängig machen',
    created: 'Erstellt',
    used: 'Zuletzt benutzt',
    uses: 'Anzahl Benutzungen',
    never: 'nie',
    state: 'Zustand',
    states: {
      ready: 'Bereit',
      unfinished: 'Das Erstellen wurde unterbrochen; vielleicht kennt die Website ihn nicht',
      missing: 'Der Schlüssel fehlt im Schlüsselbund',
      damaged: 'Der Eintrag ist nicht lesbar',
      newer_version: 'Mit einer neueren Version von Roamkey erstellt',
    },
    inFile: 'Passkeys liegen in einer Datei unter einer Passphrase auf diesem Gerät, nicht in einem Schlüsselbund.',
    rebuilt: {
      title: 'Die Liste Ihrer Passkeys musste neu angelegt werden',
      found: (count: number) =>
        plural(count, { zero: 'Es wurden keine Passkeys gefunden.', one: '# Passkey wurde gefunden und ist benutzbar.', other: '# Passkeys wurden gefunden und sind benutzbar.' }),
      lost: 'Mit der alten Liste verloren: Bezeichnungen, wann und wie oft jeder benutzt wurde, was Websites dazu abgelegt hatten, und welche Sie entfernt hatten; diese sind wieder da.',
      todo: 'Wenn ein Passkey fehlt, stellen Sie ihn aus Ihrer neuesten Sicherung wieder her: Das fügt hinzu, was hier fehlt, und ändert sonst nichts.',
      kept: 'Was von der alten Liste übrig ist:',
      read: 'Gelesen',
    },
    choose: 'Wählen Sie einen Passkey aus, um Einzelheiten zu sehen.',
  },
}
