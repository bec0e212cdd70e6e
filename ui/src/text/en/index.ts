// English. Other languages have the same shape (`Catalogue`), so a text that is missing in one of them does not compile.
// What takes a value is a function; what depends on a number is a `plural`.
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

export const en = {
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

export type Catalogue = typeof en
