// Before the app is open.
import { isolate } from '../isolate'
import { number } from './words'

export const opening = {
  opening: {
    looking: 'Roamkeyを起動しています…',
    failed: 'Roamkeyを開けません',
    quit: '終了',
    policy: {
      title: 'このデバイスのルールを\u200b読み取れません',
      lead: 'このデバイスの管理者が、パスキーに関するルールを定めています。その内容が分からないため、分かるようになるまでRoamkeyは何にも署名しません。',
      file: 'ルールのファイル',
      problem: '問題点',
      problems: {
        unreadable: 'テキストとして読み取れません。',
        not_the_administrators: '管理者以外も、ファイルまたはそのフォルダーに書き込めます。',
        syntax: (line: number) => `${number(line)}行目がTOMLではありません。`,
        rule: (key: string) => `このルールは不明か、不足しているか、値が正しくありません: ${isolate(key)}`,
      },
      who: '直せるのは、このデバイスの管理者（root）だけです。問題点を次のとおり伝えてください。',
    },
    passphrase: {
      title: 'パスキーは\u200bファイルに\u200b保存されています',
      lead: 'このデバイスでは、キーリングの代わりに、パスフレーズで保護されたファイルが選ばれています。Roamkeyは起動するたびにパスフレーズを尋ね、どこにも保存しません。',
      label: 'ファイルのパスフレーズ',
      trying: 'パスフレーズを確かめています…',
    },
    noKeyring: {
      title: 'ここには\u200bキーリングがありません',
      lead: [
        'Roamkeyはパスキーをオペレーティングシステムのキーリングに保存しますが、このセッションではどれも応答しません。',
        'キーリングを用意するのが最善です。gnome-keyring、KWallet、KeePassXCのいずれかをインストールし、このセッションで動いていることを確かめてから、もう一度お試しください。',
        'キーリングがなくても、ここでスマートフォンを使うことはできます。',
      ],
      goOn: 'キーリングなしで続ける',
      file: '代わりにファイルに保存する…',
      fileLead: [
        'キーリングのないデバイスのための方法です。このデバイスの1つのファイルに保存し、起動するたびにRoamkeyがパスフレーズを尋ねます。',
        'ファイルを手に入れた人は、いつまでもパスフレーズを試せます。無作為な単語を5つ以上お使いください。パスフレーズを忘れると、パスキーは失われます。',
      ],
      make: 'ファイルを作成',
      making: 'ファイルを作成しています…',
    },
  },
}
