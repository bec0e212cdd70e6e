// Using a phone here.
import { clock } from './words'

export const phone = {
  phone: {
    title: 'ここで\u200bスマートフォンを使う',
    lead: 'スマートフォンを使って、このデバイスでサインインできます。スマートフォンがコードを読み取り、あなたに確認します。',
    trial: 'お試しください。スマートフォンでパスキーを作成し、それを使ってサインインします。このサイトはここにだけ存在し、Roamkeyを終了するとすべて忘れます。終わったら、パスキーをスマートフォンから削除してください。',
    create: 'パスキーを作成',
    signIn: 'サインイン',
    starting: 'Bluetoothに問い合わせています…',
    codeAlt: 'スマートフォンのカメラで読み取るQRコード。同じ内容のテキストが下にあります',
    left: (seconds: number) =>
      seconds > 0
        ? `スマートフォンのカメラで読み取ってください（残り${clock(seconds)}）`
        : 'このコードは期限切れです。',
    asText: 'コードのテキスト',
    renew: '新しいコード',
    stages: {
      nearby: 'スマートフォンが近くにあります',
      connecting: 'スマートフォンに接続しています',
      secured: '通信をエンドツーエンドで保護しました',
      ask_on_phone: 'スマートフォンで答えてください',
    },
    done: {
      create: 'スマートフォンがパスキーを作成しました。応答は正しく確認できました。',
      sign_in: 'スマートフォンでサインインできました。署名は正しく確認できました。',
    },
    newCode: '新しいコードでもう一度試す',
  },
  // The window of a request that a program handed over.
  handed: {
    title: { create: 'スマートフォンでパスキーを作成', sign_in: 'スマートフォンでサインイン' },
    account: 'アカウント',
    lead: 'このデバイスのプログラムが求めています。自分で始めた場合にだけ、コードを読み取ってください。',
  },
}
