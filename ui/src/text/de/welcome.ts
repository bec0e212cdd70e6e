// The first start.
import { number } from './words'

export const welcome = {
  welcome: {
    step: (step: number, of: number) => `Schritt ${number(step)} von ${number(of)}`,
    whatTitle: 'Ihre Passkeys, auf diesem Gerät',
    what: [
      'Roamkey meldet Sie auf anderen Computern mit Passkeys an, die auf diesem Gerät liegen.',
      'Sie liegen im Schlüsselbund dieses Betriebssystems, den Ihre Anmeldung schützt. Kein Konto, keine Cloud: Nichts verlässt dieses Gerät außer Signaturen, die Sie bestätigen.',
      'Beide Geräte müssen nah beieinander sein: Bluetooth weist das nach.',
    ],
    /** In place of the second, where there is no keyring. */
    whatInFile: 'Sie liegen in einer Datei auf diesem Gerät, unter der Passphrase, die Sie gewählt haben. Kein Konto, keine Cloud: Nichts verlässt dieses Gerät außer Signaturen, denen Sie zustimmen.',
    verifyTitle: 'Damit es wirklich Sie sind',
    hasPin: 'Eine PIN ist festgelegt. Roamkey fragt bei jeder Anmeldung danach.',
    nextTitle: 'Bereit',
    next: [
      'Um sich anzumelden, wählen Sie in einem Browser auf einem anderen Gerät „Smartphone oder Tablet verwenden“ und geben Sie den QR-Code an Roamkey weiter.',
      'Vorerst sind Ihre Passkeys nur hier: Behalten Sie bei jeder Website einen anderen Weg, sich anzumelden.',
    ],
    begin: 'Los geht’s',
  },
}
