// The language in use. English is always there; another one is fetched when it is chosen, and then everything that was
// drawn with `t` draws itself anew.
import type { ErrorCode, Language as LanguageChoice } from '../generated/bindings'
import { en, type Catalogue } from './en'
import type { ErrorText } from './en/errors'
import { formats, type Formats } from './formats'

export type Language = Exclude<LanguageChoice, 'system'>

/** Each language by its own name. The one for tests is not offered. */
export const languageNames = { en: 'English', de: 'Deutsch', ja: '日本語', ar: 'العربية' } as const

const catalogues: Record<Language, () => Promise<Catalogue>> = {
  en: async () => en,
  de: async () => (await import('./de')).de,
  ja: async () => (await import('./ja')).ja,
  ar: async () => (await import('./ar')).ar,
  'en-XA': async () => (await import('./pseudo')).pseudo,
}

const english = formats('en')

let current = $state.raw<{ language: Language; catalogue: Catalogue; formats: Formats }>({
  language: 'en',
  catalogue: en,
  formats: english,
})
let wanted: Language = 'en'

/** Every text, in the language in use. */
export const t: Catalogue = new Proxy(en, { get: (_, area) => Reflect.get(current.catalogue, area) })

/** Numbers and dates, as that language writes them. */
export const format: Formats = new Proxy(english, { get: (_, name) => Reflect.get(current.formats, name) })

export function errorText(code: ErrorCode): ErrorText {
  return current.catalogue.errors[code]
}

/** Whether lines run from right to left. */
export const fromRight = (): boolean => current.language === 'ar'

/** The language that a choice comes to. */
export function languageOf(choice: { language: LanguageChoice; systemLanguage: LanguageChoice }): Language {
  const language = choice.language === 'system' ? choice.systemLanguage : choice.language
  return language === 'system' ? 'en' : language
}

/** Changes the language of the whole window. Of two changes at once the later one stays. */
export async function useLanguage(language: Language): Promise<void> {
  wanted = language
  const catalogue = await catalogues[language]()
  if (wanted !== language) return
  current = { language, catalogue, formats: formats(language === 'en-XA' ? 'en' : language) }
  document.documentElement.lang = language
  document.documentElement.dir = fromRight() ? 'rtl' : 'ltr'
}
