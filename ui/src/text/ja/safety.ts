// The page about safety, the banner, and the passkeys’ whereabouts.
import type { BackupState } from '../en/safety'
import { number } from './words'

const onlyHere = (count: number) =>
  count === 0 ? 'ここにしかないパスキーはありません' : `パスキー${number(count)}件はここにしかありません`

export const safety = {
  safety: {
    title: 'もしもの備え',
    lead: 'このデバイスを失ってもパスキーが残るかどうかと、そのためにできること。',
    reading: 'バックアップを確認しています…',
    sentence: ({ all, onlyHere: alone, backup, drill }: BackupState): string => {
      if (all === 0 && !backup) return '失うものはまだありません。このデバイスにパスキーはありません。'
      if (!backup) return `バックアップがありません。${onlyHere(alone)}。`
      if (!drill) return `最後のバックアップ: ${backup}（まだ試していません）。${onlyHere(alone)}。`
      return `最後のバックアップ: ${backup}。復元テスト合格: ${drill}。${onlyHere(alone)}。`
    },
    rating: { good: '安全', warn: 'まだ安全ではありません', bad: '安全ではありません' },
    loss: 'このデバイスを失うとどうなりますか？',
    banner: {
      title: 'パスキーはまだ\u200b安全ではありません',
      set_up: '今このデバイスを失うと、パスキーも失われます。復旧を設定しましょう。5分の時間と1枚の紙があればできます。',
      back_up: '復旧は設定済みですが、バックアップがありません。今すぐ作成してください。',
      drill: 'まだ試していないバックアップがあります。今すぐ試してください。何も変更されません。',
      action: { set_up: '復旧を設定', back_up: '今すぐバックアップ', drill: 'バックアップを試す' },
    },
    where: {
      title: 'パスキーのある場所',
      lead: 'それぞれのパスキーを、最も安全な場所で1回ずつ数えています。',
      picture: '四角1つがパスキー1件で、色は最も安全な場所を表します。下の表と同じ内容です。',
      pictureOfParts: '100個の四角で全パスキーを表し、色は最も安全な場所を示します。下の表と同じ内容です。',
      place: '最も安全な場所',
      passkeys: 'パスキー',
      places: {
        drilled_backup: '試したことのあるバックアップ',
        elsewhere: '別のデバイスまたは別のプログラム',
        backup: 'まだ試していないバックアップ',
        only_here: 'このデバイスだけ',
      },
      each: 'パスキーごとの場所',
      all: 'すべての場所',
      filter: '表示',
      list: 'パスキーとその場所',
      none: 'この場所にパスキーはありません。',
      unknownSite: '不明なサイト',
      noName: '（名前なし）',
    },
    recovery: {
      title: '復旧',
      notSetUp:
        '復旧に使うのは、紙に書いた24個の単語と1つのファイルです。両方があれば、どのデバイスでも、アカウントなしで、すべてのパスキーを取り戻せます。',
      setUp: '復旧を設定',
      since: '単語の設定日',
      key: '単語の公開鍵',
      folder: 'バックアップの保存先',
      places: {
        this_disk: 'このフォルダーはパスキーと同じディスクにあります。デバイスを失うとバックアップも失われます。USBメモリか別のデバイスを選んでください。',
        elsewhere: 'このフォルダーは別のディスクかデバイスにあります。これで安心です。',
        missing: 'このフォルダーが今は見つかりません。USBメモリの場合は、差し込んでください。',
      },
      files: '保存先のバックアップ',
      filesOf: (files: number, keep: number) => `${number(files)}件（最新の${number(keep)}件を保持）`,
      lastBackup: '最後のバックアップ',
      lastDrill: '最後の復元テスト',
      never: 'なし',
      deed: (when: string, passkeys: number) => `${when}、パスキー${number(passkeys)}件`,
      schedule: '自動バックアップ',
      schedules: { never: 'しない', daily: '毎日', weekly: '毎週' },
    },
    doing: {
      title: 'できること',
      backUp: '今すぐバックアップ',
      backUpHint: 'あなたの単語でしか開けないファイルを作ります',
      drill: 'バックアップを試す',
      drillHint: '開いて、すべての鍵で署名してみます。何も変更しません',
      restore: 'バックアップから復元',
      restoreHint: 'パスキーを追加します。削除はしません',
      import: '別のプログラムから\u200bインポート',
      importHint: 'CXF、Bitwarden、KeePassXC',
      export: '別のプログラム用に\u200bエクスポート',
      exportHint: 'そのプログラムが読めるファイルにします',
      copy: 'パスフレーズ付きのコピー',
      copyHint: '単語を使わない、もう1つの方法',
      split: '単語を分割',
      splitHint: '信頼できる人たちに預けるシェアに分けます',
      anew: '新しい単語を選ぶ',
      anewHint: '古い単語を誰かに見られたかもしれないとき',
    },
  },
}
