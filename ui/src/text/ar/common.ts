// Words that many screens share.

export const common = {
  common: {
    /** Between pieces that stand in one line. */
    comma: '، ',
    cancel: 'إلغاء',
    goOn: 'متابعة',
    back: 'رجوع',
    close: 'إغلاق',
    tryAgain: 'إعادة المحاولة',
  },
}
