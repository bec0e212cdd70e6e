// The page about safety, the banner, and the passkeys’ whereabouts.
import type { BackupState } from '../en/safety'
import { number, plural } from './words'

const onlyHere = (count: number) =>
  plural(count, {
    zero: 'kein Passkey ist nur hier',
    one: '# Passkey ist nur hier',
    other: '# Passkeys sind nur hier',
  })

export const safety = {
  safety: {
    title: 'Vorsorge',
    lead: 'Ob Ihre Passkeys den Verlust dieses Geräts überstehen, und was dafür zu tun ist.',
    reading: 'Ihre Sicherungen werden geprüft…',
    sentence: ({ all, onlyHere: alone, backup, drill }: BackupState): string => {
      if (all === 0 && !backup) return 'Noch gibt es nichts zu verlieren: Auf diesem Gerät ist kein Passkey.'
      if (!backup) return `Nichts ist gesichert: ${onlyHere(alone)}.`
      if (!drill) return `Letzte Sicherung: ${backup}, aber niemand hat sie ausprobiert; ${onlyHere(alone)}.`
      return `Letzte Sicherung: ${backup}; Probe bestanden: ${drill}; ${onlyHere(alone)}.`
    },
    rating: { good: 'Sicher', warn: 'Noch nicht sicher', bad: 'Nicht sicher' },
    loss: 'Was geschieht, wenn ich dieses Gerät verliere?',
    banner: {
      title: 'Ihre Passkeys sind noch nicht sicher',
      set_up: 'Geht dieses Gerät jetzt verloren, sind sie weg. Richten Sie die Wiederherstellung ein: Das kostet fünf Minuten und ein Blatt Papier.',
      back_up: 'Die Wiederherstellung ist eingerichtet, aber es gibt noch keine Sicherung. Schreiben Sie jetzt eine.',
      drill: 'Es gibt eine Sicherung, die niemand ausprobiert hat. Probieren Sie sie jetzt aus: Dabei wird nichts geändert.',
      action: { set_up: 'Wiederherstellung einrichten', back_up: 'Jetzt sichern', drill: 'Sicherung ausprobieren' },
    },
    where: {
      title: 'Wo Ihre Passkeys sind',
      lead: 'Jeder Passkey zählt einmal, am sichersten seiner Orte.',
      picture: 'Ein Quadrat für jeden Passkey, gefärbt nach dem sichersten Ort, an dem er ist. Die Tabelle darunter sagt dasselbe.',
      pictureOfParts: 'Hundert Quadrate für alle Passkeys, gefärbt nach dem sichersten Ort, an dem sie sind. Die Tabelle darunter sagt dasselbe.',
      place: 'Sicherster Ort',
      passkeys: 'Passkeys',
      places: {
        drilled_backup: 'In einer ausprobierten Sicherung',
        elsewhere: 'Auf einem anderen Gerät oder in einem anderen Programm',
        backup: 'In einer Sicherung, die niemand ausprobiert hat',
        only_here: 'Nur auf diesem Gerät',
      },
      each: 'Welcher Passkey wo ist',
      all: 'alle Orte',
      filter: 'Anzeigen',
      list: 'Passkeys und ihre Orte',
      none: 'An diesem Ort ist kein Passkey.',
      unknownSite: 'Unbekannte Website',
      noName: '(ohne Namen)',
    },
    recovery: {
      title: 'Wiederherstellung',
      notSetUp:
        'Zur Wiederherstellung gehören 24 Wörter auf Papier und eine Datei. Mit beidem erhalten Sie alle Passkeys zurück, auf jedem Gerät und ganz ohne Konto.',
      setUp: 'Wiederherstellung einrichten',
      since: 'Wörter eingerichtet',
      key: 'Öffentlicher Schlüssel dazu',
      folder: 'Speicherort der Sicherungen',
      places: {
        this_disk: 'Dieser Ordner liegt auf demselben Datenträger wie die Passkeys: Geht das Gerät verloren, sind auch die Sicherungen verloren. Wählen Sie einen USB-Stick oder ein anderes Gerät.',
        elsewhere: 'Dieser Ordner liegt auf einem anderen Datenträger oder Gerät: gut so.',
        missing: 'Dieser Ordner ist gerade nicht da. Liegt er auf einem USB-Stick, stecken Sie ihn ein.',
      },
      files: 'Sicherungen dort',
      filesOf: (files: number, keep: number) => `${number(files)}, die letzten ${number(keep)} bleiben erhalten`,
      lastBackup: 'Letzte Sicherung',
      lastDrill: 'Letzte Probe',
      never: 'nie',
      deed: (when: string, passkeys: number) =>
        plural(passkeys, { one: `${when}, # Passkey`, other: `${when}, # Passkeys` }),
      schedule: 'Automatisch sichern',
      schedules: { never: 'nie', daily: 'jeden Tag', weekly: 'jede Woche' },
    },
    doing: {
      title: 'Was Sie tun können',
      backUp: 'Jetzt sichern',
      backUpHint: 'Schreibt eine Datei, die nur Ihre Wörter öffnen',
      drill: 'Sicherung ausprobieren',
      drillHint: 'Öffnet sie und lässt jeden Schlüssel signieren; ändert nichts',
      restore: 'Aus einer Sicherung wiederherstellen',
      restoreHint: 'Fügt Passkeys hinzu; entfernt keine',
      import: 'Aus einem anderen Programm importieren',
      importHint: 'CXF, Bitwarden, KeePassXC',
      export: 'Für ein anderes Programm exportieren',
      exportHint: 'Als Datei, die es lesen kann',
      copy: 'Kopie mit Passphrase',
      copyHint: 'Ein zweiter Weg, ohne die Wörter',
      split: 'Wörter aufteilen',
      splitHint: 'In Anteile für Menschen, denen Sie vertrauen',
      anew: 'Neue Wörter wählen',
      anewHint: 'Wenn jemand die alten gesehen haben könnte',
    },
  },
}
