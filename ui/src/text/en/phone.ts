// Using a phone here.
import { clock } from './words'

export const phone = {
  phone: {
    title: 'Use a phone here',
    lead: 'A phone can sign you in on this device: it scans a code, and asks you.',
    trial: 'Try it: create a passkey on your phone, then sign in with it. The site exists only here, and forgets when Roamkey ends; remove the passkey from the phone afterwards.',
    create: 'Create a passkey',
    signIn: 'Sign in',
    starting: 'Asking Bluetooth…',
    codeAlt: 'QR code for a phone’s camera; its text is below',
    left: (seconds: number) =>
      seconds > 0
        ? `Scan it with the phone’s camera within ${clock(seconds)} min`
        : 'This code is too old.',
    asText: 'The code as text',
    renew: 'New code',
    stages: {
      nearby: 'The phone is nearby',
      connecting: 'Connecting to the phone',
      secured: 'Secured from end to end',
      ask_on_phone: 'Answer on the phone',
    },
    done: {
      create: 'The phone created a passkey. Its answer is right.',
      sign_in: 'The phone signed in. Its signature is right.',
    },
    newCode: 'Try again with a new code',
  },
  // The window of a request that a program handed over.
  handed: {
    title: { create: 'Create a passkey with your phone', sign_in: 'Sign in with your phone' },
    account: 'Account',
    lead: 'A program on this device asks for this. Scan the code only if you started it.',
  },
}
