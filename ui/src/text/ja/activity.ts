// The page about activity: the timeline, its filters, the details of an entry, and the charts.
import { isolate } from '../isolate'
import { number } from './words'

export const activity = {
  activity: {
    title: '履歴',
    lead: 'このデバイスで起きたことの記録です。履歴は暗号化され、鍵は含まれません。エクスポートしない限り、このデバイスの外には出ません。',
    reading: '履歴を読み込んでいます…',
    count: (count: number) => `${number(count)}件`,
    found: (found: number, count: number) => `${number(count)}件中${number(found)}件`,
    unnoted: '履歴に記録できなかった出来事があります。データフォルダーの空き容量と権限を確認してください。',
    views: '表示方法',
    timeline: 'タイムライン',
    charts: 'グラフ',
    log: '履歴の管理',
    empty: 'まだ何も起きていません。',
    nothing: '一致する項目はありません。',
    list: '出来事（新しい順）',
    choose: '項目を選ぶと詳細が表示されます。',
    filter: {
      text: 'サイト、アカウント、ブラウザを検索',
      kind: '種類',
      kinds: { all: 'すべて', sign_ins: 'サインイン', refused: '拒否', passkeys: 'パスキーの変更', copies: 'バックアップとファイル', pin: 'PIN', policy: 'ポリシー', phone: 'スマートフォン' },
      since: '開始日',
      until: '終了日',
      clear: '絞り込みを解除',
    },
    kinds: {
      created: 'パスキーを作成',
      signed_in: 'サインイン',
      refused: '拒否',
      labelled: 'ラベルを変更',
      removed: 'パスキーを削除',
      restored_removed: 'パスキーをゴミ箱から復帰',
      destroyed: '鍵を破棄',
      pin_set: 'PINを設定',
      pin_changed: 'PINを変更',
      pin_reset: 'PINを使わずにPINをリセット',
      policy_warned: 'ポリシーの期限が近いパスキー',
      policy_blocked: 'ポリシーがパスキーをブロック',
      imported: 'パスキーをインポート',
      exported: 'パスキーをエクスポート',
      backed_up: 'バックアップを作成',
      drilled: 'バックアップを試行',
      restored_from_backup: 'バックアップからパスキーを復元',
      used_phone: 'スマートフォンをここで使用',
      list_rebuilt: 'パスキーの一覧を再作成',
      other: '新しいバージョンで記録された出来事',
    },
    because: {
      denied: 'あなたが「いいえ」と答えました',
      verification_failed: '本人確認ができませんでした',
      timed_out: '時間内に回答がありませんでした',
      withdrawn: 'ブラウザが取り下げました',
      no_passkey: '使えるパスキーがここにありませんでした',
      already_registered: 'パスキーがすでにありました',
      policy: 'ポリシーでブロックされました',
      not_supported: 'Roamkeyが対応していません',
      vault_failed: 'キーリングまたは一覧で障害が起きました',
      other: 'そのほかの理由',
    },
    detail: {
      title: '詳細',
      number: '番号',
      when: '日時',
      site: 'サイト',
      account: 'アカウント',
      verified: '本人確認',
      peer: '相手',
      passkey: 'パスキー',
      passkeys: 'パスキー',
      because: '理由',
    },
    yes: 'はい',
    no: 'いいえ',
    check: {
      title: '履歴は完全ですか？',
      lead: 'どの項目にも直前の項目の印があるので、どこを変えても分かります。',
      action: '履歴を検証',
      checking: '検証しています…',
      intact: (entries: number) =>
        entries === 0
          ? '履歴に異常はありません。項目はまだありません。'
          : `履歴に異常はありません。${number(entries)}件すべてが、Roamkeyの書いたとおりです。`,
      broken: (first: number, what: string) =>
        `履歴が改ざんされています。${number(first)}番の項目から: ${what}。それより前の内容は信頼できます。`,
      damage: { changed: '変更されています', missing: '項目が欠けています', reordered: '項目の順番が入れ替わっています', truncated: '途中で切れています' },
    },
    export: {
      title: 'エクスポート',
      lead: 'あなたや管理者のための、サイト、アカウント、日時の読めるファイルです。鍵は含まれません。',
      which: (entries: number) =>
        entries === 0
          ? 'タイムラインの絞り込みに一致する項目はありません。'
          : `タイムラインの絞り込みに一致する${number(entries)}件をエクスポートします。`,
      json_lines: 'JSON Linesでエクスポート…',
      csv: 'CSVでエクスポート…',
      writing: 'ファイルを書き込んでいます…',
      written: (entries: number) => `${number(entries)}件の書き込み先:`,
    },
    chart: {
      reading: '集計しています…',
      months: '月ごとのサインインと\u200b新しいパスキー',
      monthsSummary: (signIns: number, months: number, most: string) =>
        `${number(months)}か月間にサインイン${number(signIns)}回。最も多いのは${most}です。`,
      outcomes: '要求の結果',
      outcomesSummary: (answered: string) => `全要求の${answered}が署名で終わりました。`,
      sites: 'サイト別',
      sitesSummary: (site: string, others: number) =>
        others === 0
          ? `要求したのは${isolate(site)}だけです。`
          : `最も多く要求したのは${isolate(site)}です。ほかに${number(others)}サイトが要求しました。`,
      table: '表で見る',
      month: '月',
      reason: '結果',
      site: 'サイト',
      otherSites: 'ほかのサイト',
      created: '新しいパスキー',
      signedIn: 'サインイン',
      refused: '拒否',
      times: '回数',
      none: '集計するものはまだありません。',
    },
  },
}
