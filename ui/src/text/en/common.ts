// Words that many screens share.

export const common = {
  common: {
    /** Between pieces that stand in one line. */
    comma: ', ',
    cancel: 'Cancel',
    goOn: 'Continue',
    back: 'Back',
    close: 'Close',
    tryAgain: 'Try again',
  },
}
