// Words that many screens share.

export const common = {
  common: {
    /** Between pieces that stand in one line. */
    comma: ', ',
    cancel: 'Abbrechen',
    goOn: 'Weiter',
    back: 'Zurück',
    close: 'Schließen',
    tryAgain: 'Erneut versuchen',
  },
}
