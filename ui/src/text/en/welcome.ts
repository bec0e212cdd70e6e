// The first start.
import { number } from './words'

export const welcome = {
  welcome: {
    step: (step: number, of: number) => `Step ${number(step)} of ${number(of)}`,
    whatTitle: 'Your passkeys, on this device',
    what: [
      'Roamkey signs you in on other computers with passkeys that this device holds.',
      'They are kept in the keyring of this operating system, which is locked with your login. No account, no cloud: nothing leaves this device but signatures that you approve.',
      'Both devices must be close together: Bluetooth proves it.',
    ],
    /** In place of the second, where there is no keyring. */
    whatInFile: 'They are kept in a file on this device, under the passphrase that you chose. No account, no cloud: nothing leaves this device but signatures that you approve.',
    verifyTitle: 'So that it is really you',
    hasPin: 'A PIN is set. Roamkey asks for it each time you sign in.',
    nextTitle: 'Ready',
    next: [
      'To sign in, choose “use a phone or tablet” in a browser on another device, and give its QR code to Roamkey.',
      'Your passkeys are only here for now: keep another way to sign in at each site.',
    ],
    begin: 'Begin',
  },
}
