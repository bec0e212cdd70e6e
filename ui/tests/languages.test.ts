// Languages: changed without a restart, numbers and plurals as each of them has them, and nothing that knows left from right.
import { flushSync } from 'svelte'
import { afterEach, expect, test } from 'vitest'
import { ar } from '../src/text/ar'
import { de } from '../src/text/de'
import { en } from '../src/text/en'
import { formats } from '../src/text/formats'
import { ja } from '../src/text/ja'
import { pseudo, pseudoText } from '../src/text/pseudo'
import { useLanguage } from '../src/text'
import { gallery } from './gallery'
import { stage, type Stage } from './stage'

let app: Stage | undefined
afterEach(async () => {
  app?.end()
  await useLanguage('en')
})

/** Every text of a catalogue by its path; functions as they are. */
function leaves(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]]
  return Object.entries(value).flatMap(([key, part]) => leaves(part, path === '' ? key : `${path}.${key}`))
}

for (const [name, catalogue] of Object.entries({ en, de, ja, ar, pseudo })) {
  test(`no text is empty, and none is there that English does not have: ${name}`, () => {
    expect(leaves(catalogue).map(([path]) => path).filter((path) => !/\.\d+$/.test(path))).toEqual(
      leaves(en).map(([path]) => path).filter((path) => !/\.\d+$/.test(path)),
    )
    expect(leaves(catalogue).filter(([, text]) => text === '')).toEqual([])
  })
}

test('the language changes without a restart, and with it the direction', async () => {
  app = stage(gallery['ways-in']!)
  expect(document.querySelector('h1')!.textContent).toBe(en.ways.title)
  await useLanguage('en-XA')
  flushSync()
  expect(document.querySelector('h1')!.textContent).toBe(pseudoText(en.ways.title))
  expect(document.querySelector('nav')!.getAttribute('aria-label')).toBe(pseudoText(en.nav.label))
  expect(document.documentElement.dir).toBe('ltr')
  await useLanguage('ar')
  flushSync()
  expect([document.documentElement.lang, document.documentElement.dir]).toEqual(['ar', 'rtl'])
})

test('of two changes at once the later one stays', async () => {
  await Promise.all([useLanguage('ar'), useLanguage('en')])
  expect(document.documentElement.lang).toBe('en')
})

test('each language has its own plurals', () => {
  const forms = { zero: 'zero', one: 'one', two: 'two', few: 'few', many: 'many', other: 'other' }
  const of = (language: string) => [0, 1, 2, 3, 11, 100].map((count) => formats(language).plural(count, forms))
  expect(of('ar')).toEqual(['zero', 'one', 'two', 'few', 'many', 'other'])
  expect(of('en')).toEqual(['zero', 'one', 'other', 'other', 'other', 'other'])
  expect(of('ja')).toEqual(['zero', 'other', 'other', 'other', 'other', 'other'])
  expect(formats('de').plural(12345, { other: '# Passkeys' })).toBe('12.345 Passkeys')
})

test('how long ago it was is told in whole units, nights as nights', () => {
  const now = new Date(2026, 5, 15, 12).getTime() / 1000
  const { ago } = formats('en')
  expect(ago(now - 30, now)).toBe('now')
  expect(ago(now + 30, now)).toBe('now')
  expect(ago(now - 59 * 60, now)).toBe('59 minutes ago')
  expect(ago(now - 23 * 3600, now)).toBe('23 hours ago')
  expect(ago(now - 35 * 3600, now)).toBe('yesterday')
  expect(ago(now - 37 * 3600, now)).toBe('2 days ago')
})

test('the pseudo-language is at least 40 % longer', () => {
  for (const [path, text] of leaves(en)) {
    if (typeof text === 'string') expect(pseudoText(text).length, path).toBeGreaterThanOrEqual(text.length * 1.4)
  }
})

test('no style knows left from right', () => {
  const sources = import.meta.glob<string>('../src/**/*.{svelte,css}', { query: '?raw', import: 'default', eager: true })
  const physical = /(?:^|[\s;{])(?:(?:margin|padding|border|inset)-(?:left|right)|left|right|float)\s*:|text-align:\s*(?:left|right)\b/
  /** Top, right, bottom, left: right if the second and the fourth are the same. */
  const four = /\b(?:margin|padding|inset):\s*\S+ (\S+) \S+ (\S+);/
  const knows = (line: string) => {
    const sides = four.exec(line)
    return physical.test(line) || (sides !== null && sides[1] !== sides[2])
  }
  for (const [file, source] of Object.entries(sources)) {
    const style = file.endsWith('.css') ? source : (source.match(/<style>[^]*<\/style>/)?.[0] ?? '')
    expect(style.split('\n').filter(knows), file).toEqual([])
  }
})
