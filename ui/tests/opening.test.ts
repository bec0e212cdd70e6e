// What stands between a start and the app: each screen in each language, by keyboard, and what is typed in it.
import { flushSync, mount, tick, unmount } from 'svelte'
import { afterEach, expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../src/app.css'
import type { Bridge } from '../src/bridge'
import type { Opening, OpeningAction } from '../src/generated/bindings'
import Root from '../src/Root.svelte'
import { useLanguage } from '../src/text'
import { useTheme } from '../src/theme'
import { cutText } from './cut'
import { gallery } from './gallery'
import { opening, openings as steps } from './openings'
import { button, faults } from './stage'

let acts: OpeningAction[]
let change: (opening: Opening) => void
let end = () => {}

function open(first: Opening) {
  acts = []
  const bridge = {
    view: async () => gallery['ways-in']!,
    onView: () => {},
    passkeys: async () => [],
  } as unknown as Bridge
  const door = {
    opening: async () => first,
    onOpening: (show: (opening: Opening) => void) => void (change = show),
    act: async (action: OpeningAction) => void acts.push(action),
    strength: async (passphrase: string) => ({ score: 4, guessesLog10: passphrase.length, enough: true }),
  }
  document.title = 'Roamkey'
  const window = mount(Root, { target: document.body, props: { bridge, door, first, view: undefined } })
  flushSync()
  document.querySelectorAll('details').forEach((details) => (details.open = true))
  end = () => void unmount(window)
}

afterEach(async () => {
  end()
  end = () => {}
  useTheme('system')
  await page.viewport(960, 700)
  await useLanguage('en')
})

for (const [name, step] of Object.entries(steps)) {
  for (const theme of ['light', 'dark'] as const) {
    test(`axe finds nothing serious before the app is open: ${name}, ${theme}`, async () => {
      await useLanguage('en')
      open(opening(step, theme))
      expect(document.querySelector('h1')).not.toBeNull()
      expect(await faults()).toEqual([])
    })
  }
}

for (const language of ['en', 'de', 'ja', 'ar', 'en-XA'] as const) {
  for (const [width, height] of [[360, 640], [480, 350], [960, 700]] as const) {
    test(`every text can be read before the app is open: ${language}, ${width} × ${height}`, async () => {
      await page.viewport(width, height)
      await useLanguage(language)
      const cut: string[] = []
      for (const [name, step] of Object.entries(steps)) {
        open(opening(step))
        cut.push(...cutText().map((fault) => `${name}: ${fault}`))
        end()
      }
      end = () => {}
      expect(cut).toEqual([])
    })
  }
}

test('a passphrase is typed by keyboard alone, handed over once, and does not stay in the page', async () => {
  open(opening(steps.passphrase))
  const field = document.querySelector<HTMLInputElement>('#passphrase')!
  expect(document.activeElement).toBe(field)
  expect(field.type).toBe('password')
  await userEvent.keyboard('violet granite tundra{Enter}')
  expect(acts).toEqual([{ do: 'unlock', passphrase: 'violet granite tundra' }])
  expect(field.value).toBe('')
  change(opening(steps['passphrase-trying']))
  flushSync()
  expect(field.disabled).toBe(true)
  expect(document.querySelector('form [role=status]')!.textContent).toBe('Trying the passphrase…')
  change(opening(steps['passphrase-wrong']))
  flushSync()
  expect(document.querySelector('[role=alert]')!.textContent).toContain('not the passphrase')
  expect(document.activeElement).toBe(field)
})

test('rules that cannot be read name file, fault and who can mend it, and leave two ways: again and out', () => {
  open(opening(steps['policy-rule']))
  const text = document.body.textContent
  for (const said of ['/etc/roamkey/policy.toml', 'passkey[0].maximum_age_days', 'administrator of this device (root)', 'not TOML: line 12']) {
    expect(text).toContain(said)
  }
  button('Try again').click()
  button('Quit').click()
  expect(acts).toEqual([{ do: 'try_again' }, { do: 'quit' }])
  expect(document.querySelectorAll('button').length).toBe(2)
})

test('without a keyring the file is labelled as what it is, and made only by its own button', () => {
  open(opening(steps['no-keyring']))
  expect(document.querySelector('summary')!.textContent).toBe('Keep passkeys in a file instead…')
  button('Try again').click()
  button('Go on without').click()
  expect(acts).toEqual([{ do: 'try_again' }, { do: 'go_on' }])
  const [first, again] = [...document.querySelectorAll<HTMLInputElement>('input[type=password]')]
  first!.value = 'violet granite tundra whisk'
  again!.value = 'violet granite tundra'
  button('Make the file').click()
  flushSync()
  expect(acts.length).toBe(2)
  again!.value = first!.value
  button('Make the file').click()
  expect(acts[2]).toEqual({ do: 'make_file', passphrase: 'violet granite tundra whisk' })
  expect([first!.value, again!.value]).toEqual(['', ''])
})

test('the app is shown when it is open, with a view that is fetched then', async () => {
  open(opening(steps.passphrase))
  change(opening({ is: 'open' }))
  for (let turn = 0; turn < 4; turn += 1) await tick()
  flushSync()
  expect(document.querySelector('h1')!.textContent).toBe('Sign in on another device')
})
