// Help: tips at the moment they matter, what a loss of this device would cost, and what every error means.
import { plural } from './words'

export const help = {
  help: {
    title: 'Hilfe',
    sections: 'Abschnitte',
    loss: {
      title: 'Was geschieht, wenn ich dieses Gerät verliere?',
      nothing: 'Sie würden nichts verlieren: Auf diesem Gerät ist kein Passkey.',
      reading: 'Ihre Sicherungen werden geprüft…',
      comeBack: (count: number) =>
        plural(count, {
          one: '# Passkey kommt mit Ihren Wörtern und der neuesten Sicherung zurück: Eine Probe hat es gezeigt.',
          other: '# Passkeys kommen mit Ihren Wörtern und der neuesten Sicherung zurück: Eine Probe hat es gezeigt.',
        }),
      mayComeBack: (count: number) =>
        plural(count, {
          one: '# Passkey müsste zurückkommen, aber niemand hat die Sicherung ausprobiert.',
          other: '# Passkeys müssten zurückkommen, aber niemand hat die Sicherung ausprobiert.',
        }),
      backupsAreHere: 'Alle Sicherungen, von denen Roamkey weiß, liegen auf dem Datenträger dieses Geräts und wären mit ihm verloren. Kopieren Sie die neueste auf einen USB-Stick oder ein anderes Gerät.',
      stayElsewhere: (count: number) =>
        plural(count, {
          one: '# Passkey ist auch auf einem anderen Gerät oder in einem anderen Programm.',
          other: '# Passkeys sind auch auf einem anderen Gerät oder in einem anderen Programm.',
        }),
      gone: (count: number) =>
        plural(count, {
          one: '# Passkey wäre weg. Seine Website muss Sie auf einem anderen Weg einlassen.',
          other: '# Passkeys wären weg. Ihre Websites müssen Sie auf einem anderen Weg einlassen.',
        }),
      noneGone: 'Kein Passkey wäre weg.',
      whoFinds: 'Könnte sich jemand, der es findet, in meinem Namen anmelden?',
      whoFindsText:
        'Nicht ohne Ihre Anmeldung am System: Die Passkeys liegen im Schlüsselbund des Betriebssystems, den sie schützt. Am entsperrten Bildschirm braucht man außerdem die PIN von Roamkey. Sperren Sie den Bildschirm, und löschen Sie die Passkeys des verlorenen Geräts bei Ihren Websites.',
      badDay: 'Im Ernstfall',
      badDaySteps: [
        'Installieren Sie Roamkey auf einem anderen Gerät, und nehmen Sie die neueste Sicherungsdatei und Ihre Wörter zur Hand.',
        'Öffnen Sie „Vorsorge“ und dort „Sicherung ausprobieren“: Roamkey öffnet die Datei und probiert jeden Schlüssel.',
        'Dann „Aus einer Sicherung wiederherstellen“: Roamkey zeigt, was hinzukäme, fragt und fügt es hinzu.',
        'Melden Sie sich bei Ihren Websites an. Löschen Sie dort, was nur das verlorene Gerät hatte.',
      ],
      apart: 'Bewahren Sie Wörter und Sicherungsdateien getrennt auf: Wer beides hat, kann sich in Ihrem Namen anmelden. Niemand von Roamkey fragt je nach Ihren Wörtern, einem Code oder einer Datei.',
      act: { set_up: 'Wiederherstellung einrichten', back_up: 'Jetzt sichern', drill: 'Sicherung ausprobieren' },
    },
    tips: {
      title: 'Tipps',
      lead: 'Jeder wurde einmal gezeigt, in dem Augenblick, auf den es ankam.',
      none: 'Bisher wurde kein Tipp gezeigt.',
      forget: 'Alle Tipps neu zeigen',
      tip: 'Tipp',
      understood: 'Verstanden',
      texts: {
        first_passkey: {
          title: 'Ihr erster Passkey ist nur hier',
          text: 'Geht dieses Gerät verloren, ist auch der Passkey verloren. Richten Sie auf der Seite „Vorsorge“ die Wiederherstellung ein, und behalten Sie bei der Website einen anderen Weg, sich anzumelden.',
        },
        backup_not_drilled: {
          title: 'Eine Sicherung, die niemand geöffnet hat, ist eine Hoffnung',
          text: 'Probieren Sie sie auf der Seite „Vorsorge“ aus: Roamkey öffnet sie mit Ihren Wörtern und lässt jeden Schlüssel signieren. Es wird nichts geändert.',
        },
        bluetooth_failed: {
          title: 'Wozu Bluetooth da ist',
          text: 'Es weist nach, dass beide Geräte am selben Ort sind, damit sich niemand aus der Ferne in Ihrem Namen anmelden kann. Schalten Sie es an beiden ein und halten Sie sie nah beieinander. Gekoppelt werden muss nichts.',
        },
        first_removal: {
          title: 'Hier entfernt, nicht bei der Website',
          text: 'Die Website führt den Passkey weiter auf und fragt vielleicht danach. Löschen Sie ihn auch dort, in den Einstellungen Ihres Kontos. 30 Tage lang können Sie ihn hier zurückholen.',
        },
        code_from_clipboard: {
          title: 'Ein Code aus der Zwischenablage könnte von jedem sein',
          text: 'Wer den Code erzeugt hat, wird mit Ihrem Konto angemeldet. Nur eine Kamera zeigt, dass Sie vor dem anderen Bildschirm stehen: Fahren Sie nur fort, wenn Sie ihn selbst kopiert haben.',
        },
        first_sign_in: {
          title: 'Ihre erste Anmeldung ist geschafft',
          text: 'Das nächste Mal geht es genauso. Haben Sie ein zweites Gerät, erstellen Sie auch dort einen Passkey für die Website: Dann darf eines der beiden verloren gehen.',
        },
        readable_export: {
          title: 'Diese Datei kann jeder lesen',
          text: 'Löschen Sie sie, sobald das andere Programm sie gelesen hat, und leeren Sie den Papierkorb Ihres Desktops. Sicherungen sind anders: Nur Ihre Wörter öffnen sie.',
        },
        wrong_pin: {
          title: 'Wenn die PIN falsch ist',
          text: 'Die ersten falschen PINs kosten nichts; spätere lassen Sie warten, jedes Mal länger. Eine vergessene PIN können Sie in den Einstellungen zurücksetzen, und kein Passkey geht dabei verloren.',
        },
      },
    },
    errors: {
      title: 'Was ein Fehler bedeutet',
      lead: 'Jede Meldung von Roamkey, und was zu tun ist. Der Befehl „roamkey“ nennt sie mit denselben Kennungen.',
      search: 'Meldungen und Kennungen suchen',
      found: (count: number) => plural(count, { zero: 'Keine Meldung passt.', one: '# Meldung', other: '# Meldungen' }),
      explain: 'Was bedeutet das?',
      code: 'Kennung',
      groups: {
        code: 'Der Code',
        bluetooth: 'Bluetooth',
        tunnel: 'Der Tunneldienst',
        sign_in: 'Anmelden',
        phone: 'Smartphone nutzen',
        passkeys: 'Schlüsselbund und Passkeys',
        verification: 'PIN und Identitätsprüfung',
        recovery: 'Wiederherstellung, Sicherung, Import und Export',
        device: 'Dieses Gerät',
      },
    },
    more: {
      title: 'Datenschutz und Hilfe von Menschen',
      text: 'Roamkey sendet nirgendwohin etwas über Sie. Wenn Sie jemanden um Hilfe bitten: „Diagnosedaten kopieren“ liefert die Version, die Kennung des Fehlers und seine Ursachen; kein Geheimnis, keine Website und kein Konto.',
    },
  },
}
