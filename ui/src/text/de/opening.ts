// Before the app is open.
import { isolate } from '../isolate'
import { number } from './words'

export const opening = {
  opening: {
    looking: 'Roamkey startet…',
    failed: 'Roamkey lässt sich nicht öffnen',
    quit: 'Beenden',
    policy: {
      title: 'Die Regeln dieses Geräts sind nicht lesbar',
      lead: 'Die Systemverwaltung dieses Geräts hat Regeln für seine Passkeys festgelegt. Solange Roamkey nicht feststellen kann, was sie besagen, signiert es nichts.',
      file: 'Die Datei mit den Regeln',
      problem: 'Was daran falsch ist',
      problems: {
        unreadable: 'Sie ist nicht als Text lesbar.',
        not_the_administrators: 'Andere als die Systemverwaltung können sie oder ihren Ordner ändern.',
        syntax: (line: number) => `Zeile ${number(line)} ist kein TOML.`,
        rule: (key: string) => `Diese Regel ist unbekannt, fehlt oder hat einen unmöglichen Wert: ${isolate(key)}`,
      },
      who: 'Nur die Systemverwaltung dieses Geräts (root) kann das berichtigen. Dies sagt ihr, was falsch ist:',
    },
    passphrase: {
      title: 'Ihre Passkeys liegen in einer Datei',
      lead: 'Statt eines Schlüsselbunds wurde auf diesem Gerät eine Datei gewählt, die eine Passphrase schützt. Roamkey fragt bei jedem Start nach der Passphrase und bewahrt sie nirgends auf.',
      label: 'Passphrase der Datei',
      trying: 'Die Passphrase wird ausprobiert…',
    },
    noKeyring: {
      title: 'Hier gibt es keinen Schlüsselbund',
      lead: [
        'Roamkey bewahrt Passkeys im Schlüsselbund des Betriebssystems auf, und in dieser Sitzung antwortet keiner.',
        'Am besten richten Sie einen ein: Installieren Sie gnome-keyring, KWallet oder KeePassXC, sorgen Sie dafür, dass er in dieser Sitzung läuft, und versuchen Sie es erneut.',
        'Ein Smartphone können Sie hier auch ohne Schlüsselbund benutzen.',
      ],
      goOn: 'Ohne Schlüsselbund fortfahren',
      file: 'Passkeys stattdessen in einer Datei aufbewahren…',
      fileLead: [
        'Für Geräte ohne Schlüsselbund: eine Datei auf diesem Gerät, geschützt durch eine Passphrase, nach der Roamkey bei jedem Start fragt.',
        'Wer die Datei in die Hand bekommt, kann beliebig lange Passphrasen durchprobieren; nehmen Sie also fünf oder mehr zufällige Wörter. Wenn Sie die Passphrase vergessen, sind die Passkeys verloren.',
      ],
      make: 'Datei anlegen',
      making: 'Die Datei wird angelegt…',
    },
  },
}
