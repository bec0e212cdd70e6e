// Words that many screens share.

export const common = {
  common: {
    cancel: 'キャンセル',
    goOn: '続ける',
    back: '戻る',
    close: '閉じる',
    tryAgain: 'もう一度試す',
  },
}
