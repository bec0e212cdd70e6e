// Before the app is open.
import { number } from './words'

export const opening = {
  opening: {
    looking: 'Roamkey is starting…',
    failed: 'Roamkey can’t open',
    quit: 'Quit',
    policy: {
      title: 'The rules of this device can’t be read',
      lead: 'Whoever administers this device has set rules for its passkeys. Roamkey can’t tell what they say, so it signs nothing until it can.',
      file: 'The file with the rules',
      problem: 'What is wrong with it',
      problems: {
        unreadable: 'It can’t be read as text.',
        not_the_administrators: 'Others than the administrator can write to it, or to its folder.',
        syntax: (line: number) => `Line ${number(line)} is not TOML.`,
        rule: (key: string) => `This rule is unknown, missing, or has an impossible value: ${key}`,
      },
      who: 'Only the administrator of this device (root) can mend it. This tells them what is wrong:',
    },
    passphrase: {
      title: 'Your passkeys are in a file',
      lead: 'In place of a keyring, a file under a passphrase was chosen on this device. Roamkey asks for the passphrase at each start, and keeps it nowhere.',
      label: 'Passphrase of the file',
      trying: 'Trying the passphrase…',
    },
    noKeyring: {
      title: 'There is no keyring here',
      lead: [
        'Roamkey keeps passkeys in the keyring of the operating system, and none answers in this session.',
        'The best remedy is to have one: install gnome-keyring, KWallet or KeePassXC, make sure that it runs in this session, and try again.',
        'Without a keyring you can still use a phone here.',
      ],
      goOn: 'Go on without',
      file: 'Keep passkeys in a file instead…',
      fileLead: [
        'For machines that have no keyring: one file on this device, under a passphrase that Roamkey asks for at each start.',
        'Whoever gets hold of the file may try passphrases for as long as they like, so take five or more random words. If you forget the passphrase, the passkeys are lost.',
      ],
      make: 'Make the file',
      making: 'Making the file…',
    },
  },
}
