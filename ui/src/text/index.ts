// Texts, numbers and dates in the language in use.
import { format } from './language.svelte'

export { errorText, format, fromRight, languageNames, languageOf, t, useLanguage } from './language.svelte'
export type { Language } from './language.svelte'

/** A day, as the person's locale writes it. */
export const day = (seconds: number): string => format.day(seconds)

/** How long ago `seconds` was, in whole units. */
export const ago = (seconds: number): string => format.ago(seconds)
