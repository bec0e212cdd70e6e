// Words that many screens share.

export const common = {
  common: {
    cancel: 'Abbrechen',
    goOn: 'Weiter',
    back: 'Zurück',
    close: 'Schließen',
    tryAgain: 'Erneut versuchen',
  },
}
