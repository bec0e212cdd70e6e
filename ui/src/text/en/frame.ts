// The frame around all pages.

export const frame = {
  appName: 'Roamkey',
  nav: { label: 'Pages', signIn: 'Sign in elsewhere', passkeys: 'Passkeys', phone: 'Use a phone here' },
  status: {
    label: 'Status',
    unknown: 'Looking at Bluetooth…',
    ready: 'Bluetooth is ready',
  },
}
