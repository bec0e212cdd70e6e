// The frame around all pages.

export const frame = {
  appName: 'Roamkey',
  nav: {
    label: 'ページ',
    open: 'ページ',
    sign_in: '別のデバイスで\u200bサインイン',
    passkeys: 'パスキー',
    safety: 'もしもの備え',
    activity: '履歴',
    phone: 'ここで\u200bスマートフォンを使う',
    settings: '設定',
    help: 'ヘルプ',
  },
  status: {
    label: '状態',
    unknown: 'Bluetoothを確認しています…',
    ready: 'Bluetoothを使えます',
  },
}
