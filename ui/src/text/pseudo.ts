// A language for tests, made from English: accents show what is not in the catalogue, the length what does not fit, the
// brackets what is cut off.
import { en, type Catalogue } from './en'

const accents: Record<string, string> = {
  a: 'á', b: 'ƀ', c: 'ç', d: 'ð', e: 'é', f: 'ƒ', g: 'ĝ', h: 'ĥ', i: 'î', j: 'ĵ', k: 'ķ', l: 'ļ', m: 'ɱ',
  n: 'ñ', o: 'ö', p: 'þ', q: 'ǫ', r: 'ŕ', s: 'š', t: 'ţ', u: 'û', v: 'ṽ', w: 'ŵ', x: 'ẋ', y: 'ý', z: 'ž',
  A: 'Á', B: 'Ɓ', C: 'Ç', D: 'Ð', E: 'É', F: 'Ƒ', G: 'Ĝ', H: 'Ĥ', I: 'Î', J: 'Ĵ', K: 'Ķ', L: 'Ļ', M: 'Ṁ',
  N: 'Ñ', O: 'Ö', P: 'Þ', Q: 'Ǫ', R: 'Ŕ', S: 'Š', T: 'Ţ', U: 'Û', V: 'Ṽ', W: 'Ŵ', X: 'Ẋ', Y: 'Ý', Z: 'Ž',
}
const filler = 'öñé ţŵö ţĥŕéé ƒöûŕ ƒîṽé šîẋ šéṽéñ éîĝĥţ ñîñé ţéñ '

/** The text with accents, 40 % longer, in brackets. */
export function pseudoText(text: string): string {
  if (text === '') return ''
  const longer = Math.ceil(text.length * 0.4)
  const more = filler.repeat(Math.ceil(longer / filler.length)).slice(0, longer).trim()
  return `[${[...text].map((letter) => accents[letter] ?? letter).join('')} ${more}]`
}

function disguise(value: unknown): unknown {
  if (typeof value === 'string') return pseudoText(value)
  if (typeof value === 'function') return (...values: unknown[]) => disguise(value(...values))
  if (Array.isArray(value)) return value.map(disguise)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, disguise(part)]))
  }
  return value
}

export const pseudo = disguise(en) as Catalogue
