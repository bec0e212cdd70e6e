// Using a phone here.
import { clock } from './words'

export const phone = {
  phone: {
    title: 'Smartphone hier nutzen',
    lead: 'Ein Smartphone kann Sie auf diesem Gerät anmelden: Es scannt einen Code und fragt Sie.',
    trial: 'Probieren Sie es aus: Erstellen Sie auf Ihrem Smartphone einen Passkey und melden Sie sich dann damit an. Die Website gibt es nur hier; sie vergisst alles, sobald Roamkey endet. Löschen Sie den Passkey danach vom Smartphone.',
    create: 'Passkey erstellen',
    signIn: 'Anmelden',
    starting: 'Bluetooth wird geprüft…',
    codeAlt: 'QR-Code für die Kamera eines Smartphones; sein Text steht darunter',
    left: (seconds: number) =>
      seconds > 0
        ? `Scannen Sie ihn innerhalb von ${clock(seconds)} Min. mit der Kamera des Smartphones`
        : 'Dieser Code ist zu alt.',
    asText: 'Der Code als Text',
    renew: 'Neuer Code',
    stages: {
      nearby: 'Das Smartphone ist in der Nähe',
      connecting: 'Verbindung mit dem Smartphone wird aufgebaut',
      secured: 'Ende-zu-Ende gesichert',
      ask_on_phone: 'Antworten Sie auf dem Smartphone',
    },
    done: {
      create: 'Das Smartphone hat einen Passkey erstellt. Seine Antwort stimmt.',
      sign_in: 'Das Smartphone hat die Anmeldung bestätigt. Seine Signatur stimmt.',
    },
    newCode: 'Mit einem neuen Code noch einmal versuchen',
  },
  // The window of a request that a program handed over.
  handed: {
    title: { create: 'Mit dem Smartphone einen Passkey erstellen', sign_in: 'Mit dem Smartphone anmelden' },
    account: 'Konto',
    lead: 'Ein Programm auf diesem Gerät verlangt das. Scannen Sie den Code nur, wenn Sie es selbst gestartet haben.',
  },
}
