// Each wizard by keyboard alone, as a screen reader tells it, and what becomes of the words.
import { afterEach, expect, test } from 'vitest'
import { userEvent } from 'vitest/browser'
import type { SafetyAction, View } from '../src/generated/bindings'
import { useLanguage } from '../src/text'
import { gallery, inLanguage, scenes } from './gallery'
import { button, perform, stage, type Stage } from './stage'
import { tree } from './tree'
import { trees } from './wizard-trees'
import { shares, words } from './wizards'

let app: Stage | undefined
afterEach(() => app?.end())

const does = (...actions: SafetyAction[]) => actions.map((action) => ({ do: 'safety', ...action }))
const view = (name: string): View => gallery[name]!

/** What has the focus, by its label or its text. */
function focused(): string {
  const element = document.activeElement
  const label = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels?.[0] : null
  return ((label ?? element)?.textContent ?? '').replace(/\s+/g, ' ').trim()
}

/** Goes to a control with Tab alone. */
async function tabTo(name: string) {
  const passed: string[] = []
  for (let press = 0; press < 30; press += 1) {
    await userEvent.tab()
    if (focused() === name) return
    passed.push(focused())
  }
  throw new Error(`Tab never came to “${name}”, but to ${passed.join(' | ')}`)
}

async function press(name: string) {
  await tabTo(name)
  await userEvent.keyboard('{Enter}')
}

const heading = () => document.querySelector('h1')!

test('every step begins with the focus on its heading', async () => {
  for (const scene of scenes.filter(({ view }) => view.wizard.wizard !== 'none')) {
    const app = await perform(scene)
    const allowed = [heading(), document.querySelector('#pin')]
    expect(allowed, scene.name).toContain(document.activeElement)
    app.end()
  }
})

test('set-up by keyboard: words, three of them back, sheet, on to the first backup', async () => {
  app = stage(view('set-up-begin'))
  await press('Show me the words')
  app.show(view('set-up-words'))
  await expect.poll(() => document.querySelectorAll('ol li').length).toBe(24)
  expect(document.activeElement).toBe(heading())
  await press('I have written them down')
  app.show(view('set-up-confirm'))
  await tabTo('Word 3')
  await userEvent.keyboard('kiwic')
  await tabTo('Word 11')
  await userEvent.keyboard('kiwik')
  await tabTo('Word 20')
  await userEvent.keyboard('kiwit{Enter}')
  app.show(view('set-up-done'))
  await press('Print the emergency sheet…')
  app.show(view('set-up-sheet'))
  await press('Next: write a first backup')
  expect(app.acts).toEqual(
    does(
      { safety: 'draw_words' },
      { safety: 'words_written' },
      { safety: 'confirm_words', words: ['kiwic', 'kiwik', 'kiwit'] },
      { safety: 'save_sheet' },
      { safety: 'open', wizard: 'back_up' },
    ),
  )
})

test('words from before are typed by keyboard', async () => {
  app = stage(view('set-up-begin'))
  await tabTo('Your 24 words, or shares of them, one share a line')
  await userEvent.keyboard('kiwia kiwib')
  await press('Use these words')
  expect(app.acts).toEqual(does({ safety: 'use_words', words: 'kiwia kiwib' }))
  expect(document.querySelector('textarea')!.value).toBe('')
})

test('a backup by keyboard: another folder, write, stop, try out', async () => {
  app = stage(view('back-up-ready'))
  await press('Choose another folder…')
  app.show(view('back-up-ready'))
  await press('Write the backup')
  app.show(view('back-up-working'))
  await press('Stop')
  app.show(view('back-up-done'))
  await press('Next: try it out')
  expect(app.acts).toEqual(
    does(
      { safety: 'choose_folder' },
      { safety: 'back_up' },
      { safety: 'leave' },
      { safety: 'open', wizard: 'drill' },
    ),
  )
})

test('a drill by keyboard: the newest backup, the words, the report', async () => {
  app = stage(view('drill-file'))
  await press('Use this one')
  app.show(view('drill-unlock'))
  await tabTo('Your 24 words, or enough shares, one share a line')
  await userEvent.keyboard('kiwia')
  await press('Open')
  app.show(view('drill-working'))
  app.show(view('drill-done'))
  await press('Done')
  expect(app.acts).toEqual(
    does({ safety: 'use_suggested' }, { safety: 'unlock', secret: 'kiwia' }, { safety: 'leave' }),
  )
})

test('a restore by keyboard: file, passphrase, plan, take in, go on with the rest', async () => {
  app = stage(view('restore-file'))
  await press('Choose a file…')
  app.show(view('restore-unlock'))
  await tabTo('Passphrase of this copy')
  await userEvent.keyboard('correct horse{Enter}')
  app.show(view('restore-plan'))
  await press('Add 28 passkeys')
  app.show(view('restore-working'))
  await press('Stop')
  app.show(view('restore-done'))
  await press('Go on with the rest')
  expect(app.acts).toEqual(
    does(
      { safety: 'choose_file' },
      { safety: 'unlock', secret: 'correct horse' },
      { safety: 'apply' },
      { safety: 'leave' },
      { safety: 'open', wizard: 'restore' },
    ),
  )
})

test('the backup flags of an import are chosen by keyboard, and a restore has none', async () => {
  app = stage(view('import-file'))
  const details = document.querySelector('details')!
  details.open = true
  expect([...document.querySelectorAll<HTMLInputElement>('[type=radio]')].map((radio) => radio.checked)).toEqual([true, false, false])
  document.querySelector<HTMLInputElement>('[type=radio]')!.focus()
  await userEvent.keyboard('{ArrowDown}{ArrowDown}')
  expect(app.acts).toEqual(
    does({ safety: 'choose_backup_flags', flags: 'on' }, { safety: 'choose_backup_flags', flags: 'off' }),
  )
  app.show(view('restore-file'))
  expect(document.querySelector('[type=radio]')).toBeNull()
})

test('what is left out is placed in the language in use', async () => {
  app = await perform({ name: 'restore-plan', view: inLanguage(view('restore-plan'), 'de') })
  expect(document.body.textContent).toContain('Eintrag 3, Passkey 1')
  expect(document.body.textContent).not.toContain('credential')
  await useLanguage('en')
})

test('an import by keyboard: a plan without anything new can only be closed', async () => {
  app = stage(view('import-file'))
  await press('Choose a file…')
  app.show(view('import-unlock'))
  await tabTo('Password that the other program asked for')
  await userEvent.keyboard('secret{Enter}')
  app.show(view('import-plan'))
  await press('Close')
  expect(app.acts).toEqual(
    does({ safety: 'choose_file' }, { safety: 'unlock', secret: 'secret' }, { safety: 'leave' }),
  )
})

test('a readable export by keyboard: form, warning, PIN', async () => {
  app = stage(view('export-choose'))
  await tabTo('CXF that anybody can read For programs that import the Credential Exchange Format.')
  await userEvent.keyboard('{ArrowDown}')
  await press('Continue')
  app.show(view('export-warn'))
  await press('I understand: go on')
  app.show(view('export-verify'))
  await userEvent.keyboard('2468{Enter}')
  expect(app.acts).toEqual(
    does({ safety: 'choose_export', kind: 'keepassxc' }, { safety: 'accept_warning' }, { safety: 'type_pin', pin: '2468' }),
  )
})

test('without recovery an export can’t be encrypted, and says so', () => {
  app = stage(view('export-choose'))
  const radios = [...document.querySelectorAll<HTMLInputElement>('main input[type=radio]')]
  expect(radios.map((radio) => radio.disabled)).toEqual([true, false, false])
  expect(document.body.textContent).toContain('Needs recovery: set it up first.')
})

test('a copy by keyboard: two different passphrases are not written, the same twice are', async () => {
  app = stage(view('copy-choose'))
  await tabTo('Passphrase')
  await userEvent.keyboard('five random words are good')
  await expect.poll(() => document.querySelector('#passphrase-strength')?.textContent).toContain('It will do.')
  await tabTo('The same passphrase again')
  await userEvent.keyboard('five random words{Enter}')
  expect(app.acts).toEqual([])
  expect(document.body.textContent).toContain('The two are not the same.')
  await userEvent.keyboard(' are good{Enter}')
  expect(app.acts).toEqual(does({ safety: 'write_copy', passphrase: 'five random words are good' }))
  expect([...document.querySelectorAll('input')].map((input) => input.value)).toEqual(['', '', 'on'])
})

test('shares by keyboard: how many, the words, and each share', async () => {
  app = stage(view('split-type'))
  await tabTo('Needed to make the words')
  await userEvent.keyboard('{ArrowUp}')
  await tabTo('Shares in all')
  await userEvent.keyboard('{ArrowUp}{ArrowUp}')
  await tabTo('Your 24 words')
  await userEvent.keyboard('kiwia')
  await press('Make the shares')
  expect(app.acts).toEqual(does({ safety: 'split_words', words: 'kiwia', needed: 3, shares: 5 }))
  app.show(view('split-shares'))
  await expect.poll(() => document.body.textContent).toContain(shares[2])
})

test('words and shares are gone from the page with their step, and are fetched for it alone', async () => {
  for (const [shown, after, secrets] of [
    ['set-up-words', 'set-up-confirm', words],
    ['split-shares', 'safety', shares],
  ] as const) {
    app = stage(view(shown))
    await expect.poll(() => document.body.textContent).toContain(secrets[1])
    app.show(view(after))
    const page = document.documentElement.outerHTML
    expect(secrets.filter((secret) => page.includes(secret))).toEqual([])
    app.end()
  }
  app = undefined
})

test('words that the controller shows no more are not made up', async () => {
  app = stage(view('set-up-words'), [], { words: [] })
  await expect.poll(() => document.querySelector('[role=alert]')?.textContent).toContain('can’t be shown any more')
  button('Begin again').click()
  expect(app.acts).toEqual(does({ safety: 'draw_words' }))
})

test('typed words are covered until the person wants to see them', async () => {
  app = stage(view('drill-unlock'))
  const field = document.querySelector('textarea')!
  const covered = () => getComputedStyle(field).getPropertyValue('-webkit-text-security')
  expect(covered()).toBe('disc')
  await tabTo('Show what I type')
  await userEvent.keyboard(' ')
  await expect.poll(covered).toBe('none')
})

for (const [name, lines] of Object.entries(trees)) {
  test(`a screen reader is told of every step in order: ${name}`, async () => {
    app = await perform({ name, view: view(name) })
    expect(await tree()).toEqual(lines)
  })
}
