// The list of passkeys and the details of one.
import { isolate } from '../isolate'
import { number } from './words'

export const passkeys = {
  passkeys: {
    title: 'パスキー',
    count: (count: number) => `パスキー${number(count)}件`,
    found: (found: number, count: number) => `${number(count)}件中${number(found)}件`,
    search: '検索',
    sort: '並べ替え',
    sorts: { site: 'サイト', used: '最後の使用', created: '作成日' },
    filter: '表示',
    filters: { all: 'すべて', never_used: '未使用', only_here: 'ここにだけあるもの', trouble: '問題のあるもの' },
    list: 'サイト別のパスキー',
    reading: 'パスキーを読み込んでいます…',
    empty: 'パスキーはまだありません',
    emptyHint:
      '別のデバイスでサイトからパスキーの作成を勧められたら、「スマートフォンまたはタブレットを使用する」を選び、表示されたQRコードをRoamkeyに読み取らせてください。',
    emptyAction: '別のデバイスで\u200bサインイン',
    nothing: '検索に一致するパスキーはありません。',
    noSite: '不明なサイト',
    site: 'サイト',
    account: 'アカウント',
    name: 'サイトでの名前',
    label: 'ラベル（あなたにだけ見えます）',
    rename: '保存',
    backup: 'バックアップ',
    backedUp: '確認済みのバックアップ、または別のデバイスにもあります',
    onlyHere: 'このデバイスにだけあります',
    remove: '削除…',
    removeTitle: (name: string) => `${isolate(name)}を削除しますか？`,
    removeText:
      '削除されるのはこのデバイスからだけです。サイトの一覧には残りますので、そちらでも削除してください。30日間は元に戻せます。',
    removeLast: 'このサイトのパスキーは、ここではこれが最後です。ほかの方法でサインインできることを確かめてください。',
    removeHere: 'ここから削除',
    removed: (name: string, site: string) => `${isolate(name)}（${isolate(site)}）をこのデバイスから削除しました。`,
    undo: '元に戻す',
    created: '作成',
    used: '最後の使用',
    uses: '使用回数',
    never: 'なし',
    state: '状態',
    states: {
      ready: '使えます',
      unfinished: '作成が中断されました。サイトには登録されていないかもしれません',
      missing: '鍵がキーリングにありません',
      damaged: '記録を読み取れません',
      newer_version: '新しいバージョンのRoamkeyで作成されました',
    },
    inFile: 'パスキーは、キーリングではなく、このデバイスのパスフレーズで保護されたファイルに保存されています。',
    rebuilt: {
      title: 'パスキーの一覧を作り直しました',
      found: (count: number) =>
        count === 0 ? 'パスキーは見つかりませんでした。' : `見つかったパスキーは${number(count)}件で、使用できます。`,
      lost: '元の一覧とともに失われたもの: ラベル、使用した日時と回数、サイトが添えて保存していたデータ、削除済みという記録（削除したパスキーは一覧に戻っています）。',
      todo: '足りないパスキーがあれば、最新のバックアップから復元してください。ここにないものだけが追加され、ほかは変わりません。',
      kept: '元の一覧の残り:',
      read: '読みました',
    },
    choose: 'パスキーを選ぶと詳細が表示されます。',
  },
}
