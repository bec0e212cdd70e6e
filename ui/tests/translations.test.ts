// Translations: none forgotten, no sign left in place of a number, and every piece of another direction set apart.
import { expect, test } from 'vitest'
import { ar } from '../src/text/ar'
import { de } from '../src/text/de'
import { en } from '../src/text/en'
import { ja } from '../src/text/ja'

/** Names and codes that are the same everywhere. */
const alike: Record<string, string[]> = {
  all: ['appName', 'ways.linkPlaceholder', 'takeIn.formats.cxf'],
  de: [
    'common.comma',
    'found.told',
    'nav.passkeys',
    'passkeys.title',
    'safety.where.passkeys',
    'activity.detail.passkey',
    'activity.detail.passkeys',
    'settings.doctor.parts.store',
    'status.label',
    'pin.label',
    'settings.verification.pinTitle',
    'activity.filter.kinds.pin',
    'copy.passphrase',
    'settings.tunnel.took',
    'settings.names.bluetooth',
    'settings.bluetooth.title',
    'settings.doctor.parts.bluetooth',
    'help.errors.groups.bluetooth',
    'settings.start.title',
    'activity.export.title',
    'takeIn.format',
    'export.steps.choose',
    'takeIn.formats.bitwarden',
    'takeIn.formats.keepassxc',
    'safety.doing.importHint',
  ],
  ja: [
    'pin.label',
    'settings.keys.control',
    'settings.verification.pinTitle',
    'activity.filter.kinds.pin',
    'settings.names.bluetooth',
    'settings.bluetooth.title',
    'settings.doctor.parts.bluetooth',
    'help.errors.groups.bluetooth',
  ],
  ar: ['settings.keys.control'],
}

/** Every text by its path. Those that take values are called with the ones given. */
function texts(value: unknown, values: unknown[] = [3, 4, 'X'], path = ''): [string, string][] {
  if (typeof value === 'function') return [[path, String(value(...values))]]
  if (typeof value !== 'object' || value === null) return [[path, String(value)]]
  return Object.entries(value).flatMap(([key, part]) => texts(part, values, path === '' ? key : `${path}.${key}`))
}

const english = new Map(texts(en))

for (const [language, catalogue] of Object.entries({ de, ja, ar })) {
  test(`no text is left in English: ${language}`, () => {
    const left = texts(catalogue).filter(([path, text]) => english.get(path) === text)
    const allowed = [...alike.all!, ...alike[language]!]
    expect(left.filter(([path]) => !allowed.includes(path))).toEqual([])
    // A name that is not alike any longer comes off the list.
    expect(alike[language]!.filter((path) => !left.some(([same]) => same === path))).toEqual([])
  })
}

for (const [language, catalogue] of Object.entries({ en, de, ja, ar })) {
  test(`no count leaves its sign behind, and none is unknown: ${language}`, () => {
    for (const count of [0, 1, 2, 3, 11, 99, 100, 101, 12_345]) {
      const wrong = texts(catalogue, [count, count, 'X']).filter(([, text]) => /#|undefined/.test(text))
      expect(wrong.filter(([path]) => path !== 'safety.sentence')).toEqual([])
    }
  })

  test(`what is opened for another direction is closed: ${language}`, () => {
    const open = (text: string) =>
      [...text].reduce((depth, sign) => depth + (/[\u2066\u2068]/.test(sign) ? 1 : sign === '\u2069' ? -1 : 0), 0)
    expect(texts(catalogue).filter(([, text]) => open(text) !== 0)).toEqual([])
  })
}

test('a command in an Arabic text runs from left to right', () => {
  const commands = /(?:sudo |--|\/etc\/|\/usr\/|roamkey [a-z]|ROAMKEY_|\.passkey|systemctl|chmod)/g
  for (const [path, text] of texts(ar)) {
    const outside = text.replace(/\u2066[^\u2069]*\u2069/g, '')
    expect(outside.match(commands), path).toBeNull()
  }
})

test('Japanese has no spaces between its own letters, and no digits of full width', () => {
  for (const [path, text] of texts(ja)) {
    expect(text, path).not.toMatch(/[\u3041-\u30ff\u4e00-\u9fff] [\u3041-\u30ff\u4e00-\u9fff]|[\uff10-\uff19]/)
  }
})
