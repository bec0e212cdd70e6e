// Words that many screens share.

export const common = {
  common: {
    /** Between pieces that stand in one line. */
    comma: '、',
    cancel: 'キャンセル',
    goOn: '続ける',
    back: '戻る',
    close: '閉じる',
    tryAgain: 'もう一度試す',
  },
}
