// Japanese. An area that is imported from `../en` is not translated yet.
import type { Catalogue } from '../en'
import { activity } from '../en/activity'
import { common } from '../en/common'
import { errors } from '../en/errors'
import { frame } from '../en/frame'
import { help } from '../en/help'
import { passkeys } from '../en/passkeys'
import { phone } from '../en/phone'
import { safety } from '../en/safety'
import { settings } from '../en/settings'
import { signIn } from '../en/sign-in'
import { welcome } from '../en/welcome'
import { wizards } from '../en/wizards'

export const ja: Catalogue = {
  ...frame,
  ...common,
  ...signIn,
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
