// Help: tips at the moment they matter, what a loss of this device would cost, and what every error means.
import { plural } from './words'

export const help = {
  help: {
    title: 'Help',
    sections: 'Sections',
    loss: {
      title: 'What happens if I lose this device?',
      nothing: 'You would lose nothing: this device holds no passkey.',
      reading: 'Looking at your backups…',
      comeBack: (count: number) =>
        plural(count, {
          one: '# passkey comes back with your words and the newest backup: a drill has shown it.',
          other: '# passkeys come back with your words and the newest backup: a drill has shown it.',
        }),
      mayComeBack: (count: number) =>
        plural(count, {
          one: '# passkey should come back, but nobody has tried the backup out.',
          other: '# passkeys should come back, but nobody has tried the backup out.',
        }),
      backupsAreHere: 'All backups that Roamkey knows of are on the disk of this device, and would be lost with it. Copy the newest one to a stick or another machine.',
      stayElsewhere: (count: number) =>
        plural(count, {
          one: '# passkey is still on another device or in another program.',
          other: '# passkeys are still on another device or in another program.',
        }),
      gone: (count: number) =>
        plural(count, {
          one: '# passkey would be gone. Its site has to let you in another way.',
          other: '# passkeys would be gone. Their sites have to let you in another way.',
        }),
      noneGone: 'No passkey would be gone.',
      whoFinds: 'Could somebody who finds it sign in as me?',
      whoFindsText:
        'Not without your login: the passkeys are in the keyring of the operating system, which is locked with it. At an unlocked screen they need Roamkey’s PIN as well. Lock the screen, and remove the lost device’s passkeys at your sites.',
      badDay: 'On the bad day',
      badDaySteps: [
        'Install Roamkey on another device, and bring the newest backup file and your words.',
        'Open Safety, “Try a backup out”: it opens the file and tries every key.',
        'Then “Restore from a backup”: it shows what it would add, asks, and adds it.',
        'Sign in at your sites. Remove there what only the lost device had.',
      ],
      apart: 'Keep words and backup files apart: whoever has both can sign in as you. Nobody from Roamkey ever asks for your words, a code or a file.',
      act: { set_up: 'Set up recovery', back_up: 'Back up now', drill: 'Try the backup out' },
    },
    tips: {
      title: 'Tips',
      lead: 'Each was shown once, at the moment it mattered.',
      none: 'No tip was shown so far.',
      forget: 'Show all tips anew',
      tip: 'Tip',
      understood: 'Understood',
      texts: {
        first_passkey: {
          title: 'Your first passkey is only here',
          text: 'If this device is lost, so is the passkey. Set up recovery on the page Safety, and keep another way to sign in at the site.',
        },
        backup_not_drilled: {
          title: 'A backup that nobody has opened is a hope',
          text: 'Try it out on the page Safety: Roamkey opens it with your words and lets every key sign. Nothing is changed.',
        },
        bluetooth_failed: {
          title: 'What Bluetooth is for',
          text: 'It proves that both devices are in the same place, so that nobody far away can sign in as you. Switch it on at both, and keep them close together. Nothing has to be paired.',
        },
        first_removal: {
          title: 'Removed here, not at the site',
          text: 'The site still lists the passkey and may ask for it. Remove it in your account’s settings there, too. For 30 days you can bring it back here.',
        },
        code_from_clipboard: {
          title: 'A code from the clipboard could be anybody’s',
          text: 'Whoever made the code gets signed in as you. Only a camera shows that you stand before the other screen: go on only if you copied it yourself.',
        },
        first_sign_in: {
          title: 'Your first sign-in is done',
          text: 'Next time it goes the same way. If you have a second device, create a passkey for the site there as well: then one of the two may get lost.',
        },
        readable_export: {
          title: 'Anybody can read this file',
          text: 'Delete it as soon as the other program has read it, and empty the trash of your desktop. Backups are different: only your words open them.',
        },
        wrong_pin: {
          title: 'When the PIN is wrong',
          text: 'The first wrong PINs cost nothing; later ones make you wait, longer each time. A forgotten PIN can be reset in the settings, and no passkey is lost by that.',
        },
      },
    },
    errors: {
      title: 'What an error means',
      lead: 'Every message of Roamkey, with what to do. The command “roamkey” names them by the same codes.',
      search: 'Search messages and codes',
      found: (count: number) => plural(count, { zero: 'No message fits.', one: '# message', other: '# messages' }),
      explain: 'What does this mean?',
      code: 'Code',
      groups: {
        code: 'The code',
        bluetooth: 'Bluetooth',
        tunnel: 'The tunnel service',
        sign_in: 'Signing in',
        phone: 'Using a phone',
        passkeys: 'Keyring and passkeys',
        verification: 'PIN and verification',
        recovery: 'Recovery, backup, import and export',
        device: 'This device',
      },
    },
    more: {
      title: 'Privacy and help from people',
      text: 'Roamkey sends nothing about you anywhere. If you ask somebody for help, “Copy diagnostics” gives them the version, the code of the error and its causes: no secret, no site and no account.',
    },
  },
}
