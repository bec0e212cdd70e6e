// Arabic, Modern Standard, from right to left. Numbers go through `number`, since varieties differ in their digits;
// commands and names of files through `ltr`. The words, everywhere the same:
//   passkey مفتاح المرور · PIN رمز PIN · QR code رمز QR · sign in تسجيل الدخول · site الموقع · account الحساب
//   label التسمية · keyring حلقة المفاتيح · tunnel service خدمة النفق · phone الهاتف · safety السلامة
//   recovery الاسترداد · the 24 words الكلمات الـ24 · sheet الورقة، ورقة الطوارئ · share حصة · backup نسخة احتياطية
//   drill تجربة الاستعادة · restore استعادة · trash سلة المهملات · activity النشاط · activity log سجل النشاط
//   policy سياسة · rule قاعدة · doctor الفحص · diagnostics معلومات التشخيص · administrator المسؤول
//   password كلمة السر · passphrase عبارة المرور · shortcut اختصار · Bluetooth البلوتوث
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

export const ar: Catalogue = {
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
