// Words that many screens share.

export const common = {
  common: {
    cancel: 'إلغاء',
    goOn: 'متابعة',
    back: 'رجوع',
    close: 'إغلاق',
    tryAgain: 'إعادة المحاولة',
  },
}
