// The user guide says the same as the app's own help.
import { expect, test } from 'vitest'
import { en } from '../src/text/en'

const pages = import.meta.glob<string>('../../docs/user/*.md', { query: '?raw', import: 'default', eager: true })
const pictures = import.meta.glob('../../docs/user/pictures/*.webp', { query: '?url' })
const plain = (text: string) => text.replaceAll('’', "'").replaceAll('`', '').replace(/\s+/g, ' ')
const guide = plain(Object.values(pages).join('\n'))

test('the guide is there', () => {
  expect(Object.keys(pages).length).toBeGreaterThan(3)
})

test('each picture of the guide stands in it, and each that it names is there', () => {
  const there = Object.keys(pictures).map((path) => path.split('/').at(-1)!)
  const named = [...Object.values(pages).join('\n').matchAll(/\(pictures\/([\w-]+\.webp)\)/g)].map((match) => match[1])
  expect(named.toSorted()).toEqual(there.toSorted())
})

const { tips, loss } = en.help
const same = [
  ...Object.values(tips.texts).flatMap(({ title, text }) => [title, text]),
  loss.title,
  ...loss.badDaySteps,
  loss.apart,
  loss.whoFinds,
  loss.whoFindsText,
  ...Object.values(en.settings.tunnel.sees),
  en.settings.tunnel.lead,
  en.safety.recovery.notSetUp,
  en.takeIn.restoreLead,
  ...Object.values(en.safety.where.places).map((place) => place.toLowerCase()),
]

for (const text of same) {
  test(`the guide says: ${text.slice(0, 60)}`, () => {
    expect(guide).toContain(plain(text))
  })
}
