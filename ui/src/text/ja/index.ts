// Japanese, in です・ます. No spaces between words, digits of half width. Headings and buttons break at punctuation and at
// \u200b alone, so a long one has some. The words, everywhere the same:
//   passkey パスキー · PIN PIN · QR code QRコード · sign in サインイン · site サイト · account アカウント · label ラベル
//   keyring キーリング · tunnel service トンネルサービス · phone スマートフォン (as Chrome says) · safety もしもの備え
//   recovery 復旧 · the 24 words 24個の単語 · sheet 用紙, 緊急用シート · share シェア · backup バックアップ
//   drill 復元テスト · restore 復元 · trash ゴミ箱 · activity, activity log 履歴 · policy ポリシー · rule ルール
//   doctor 診断 · diagnostics 診断情報 · administrator 管理者 · passphrase パスフレーズ · verification 本人確認
import type { Catalogue } from '../en'
import { activity } from './activity'
import { common } from './common'
import { errors } from './errors'
import { frame } from './frame'
import { help } from './help'
import { opening } from './opening'
import { passkeys } from './passkeys'
import { phone } from './phone'
import { safety } from './safety'
import { settings } from './settings'
import { signIn } from './sign-in'
import { welcome } from './welcome'
import { wizards } from './wizards'

export const ja: Catalogue = {
  ...frame,
  ...common,
  ...signIn,
  ...opening,
  ...passkeys,
  ...phone,
  ...welcome,
  ...safety,
  ...wizards,
  ...activity,
  ...settings,
  ...help,
  errors,
}
