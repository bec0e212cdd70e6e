// The frame around all pages.

export const frame = {
  appName: 'Roamkey',
  nav: {
    label: 'Pages',
    open: 'Pages',
    sign_in: 'Sign in elsewhere',
    passkeys: 'Passkeys',
    safety: 'Safety',
    activity: 'Activity',
    phone: 'Use a phone here',
    settings: 'Settings',
    help: 'Help',
  },
  status: {
    label: 'Status',
    unknown: 'Looking at Bluetooth…',
    ready: 'Bluetooth is ready',
  },
}
