// The language in use. One for now: another is a file beside `en.ts` of type `Catalogue`.
import type { ErrorCode } from '../generated/bindings'
import { en, type Catalogue, type ErrorText } from './en'

export const t: Catalogue = en

export function errorText(code: ErrorCode): ErrorText {
  return t.errors[code]
}

/** A day, as the person's locale writes it. */
export function day(seconds: number): string {
  return new Date(seconds * 1000).toLocaleDateString(undefined, { dateStyle: 'medium' })
}

/** How long ago `seconds` was, in whole units. */
export function ago(seconds: number, now = Date.now() / 1000): string {
  const past = Math.max(0, now - seconds)
  if (past < 60) return t.ago.now
  if (past < 3600) return t.ago.minutes(Math.floor(past / 60))
  if (past < 86_400) return t.ago.hours(Math.floor(past / 3600))
  if (past < 30 * 86_400) return t.ago.days(Math.floor(past / 86_400))
  return day(seconds)
}
