// English. Other languages have the same shape (`Catalogue`), so a text that is missing in one of them does not compile.
// What takes a value is a function; what depends on a number is a `plural`.
import { common } from './common'
import { errors } from './errors'
import { frame } from './frame'
import { passkeys } from './passkeys'
import { phone } from './phone'
import { signIn } from './sign-in'
import { welcome } from './welcome'

export const en = { ...frame, ...common, ...signIn, ...passkeys, ...phone, ...welcome, errors }

export type Catalogue = typeof en
