// Words that many screens share.

export const common = {
  common: {
    cancel: 'Cancel',
    goOn: 'Continue',
    back: 'Back',
    close: 'Close',
    tryAgain: 'Try again',
  },
}
