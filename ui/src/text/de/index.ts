// German. An area that is imported from `../en` is not translated yet.
import type { Catalogue } from '../en'
import { common } from '../en/common'
import { errors } from '../en/errors'
import { frame } from '../en/frame'
import { passkeys } from '../en/passkeys'
import { phone } from '../en/phone'
import { signIn } from '../en/sign-in'
import { welcome } from '../en/welcome'

export const de: Catalogue = { ...frame, ...common, ...signIn, ...passkeys, ...phone, ...welcome, errors }
