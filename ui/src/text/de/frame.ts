// The frame around all pages.

export const frame = {
  appName: 'Roamkey',
  nav: {
    label: 'Seiten',
    open: 'Seiten',
    sign_in: 'Woanders anmelden',
    passkeys: 'Passkeys',
    safety: 'Vorsorge',
    activity: 'Aktivitäten',
    phone: 'Smartphone hier nutzen',
    settings: 'Einstellungen',
    help: 'Hilfe',
  },
  status: {
    label: 'Status',
    unknown: 'Bluetooth wird geprüft…',
    ready: 'Bluetooth ist bereit',
  },
}
