// The window of a request that a program handed over, and the code that a phone scans.
import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../src/app.css'
import type { HandedAct, HandedOver, HandedStep } from '../src/generated/bindings'
import Request from '../src/request/Request.svelte'
import { gallery } from './gallery'
import { button, faults, stage } from './stage'

const picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="#000" d="M1 1h3v3H1z"/></svg>'
const code: HandedStep = { at: 'code', picture, link: 'FIDO:/0123456789', seconds: 300 }
const steps: Record<string, HandedStep> = {
  starting: { at: 'starting' },
  code,
  meeting: { at: 'meeting', stage: 'ask_on_phone' },
  failed: { at: 'failed', code: 'nobody_scanned' },
}
const handed = (step: HandedStep): HandedOver => ({
  operation: 'create',
  site: { id: 'login.example.org', readable: null },
  account: 'alice@example.org',
  step,
  look: { theme: 'system', language: 'en', systemLanguage: 'en' },
})

let acts: HandedAct[]
let draw: (view: HandedOver) => void
let end = () => {}

function open(step: HandedStep) {
  acts = []
  const bridge = {
    view: async () => handed(step),
    onView: (show: (view: HandedOver) => void) => (draw = show),
    act: async (act: HandedAct) => void acts.push(act),
  }
  document.documentElement.lang = 'en'
  document.title = 'Roamkey'
  const window = mount(Request, { target: document.body, props: { bridge, first: handed(step) } })
  flushSync()
  end = () => void unmount(window)
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] }))
afterEach(() => {
  vi.useRealTimers()
  end()
  end = () => {}
  document.documentElement.style.colorScheme = ''
})

for (const [name, step] of Object.entries(steps)) {
  for (const scheme of ['light', 'dark']) {
    test(`axe finds nothing serious: a handed-over request, ${name}, ${scheme}`, async () => {
      document.documentElement.style.colorScheme = scheme
      open(step)
      expect(await faults()).toEqual([])
    })
  }

  test(`a handed-over request fits a window of 340 pixels: ${name}`, async () => {
    await page.viewport(340, 640)
    open(step)
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(340)
    await page.viewport(960, 700)
  })
}

test('site, account and operation stand there from the beginning, and focus is on Cancel', () => {
  open({ at: 'starting' })
  expect(document.querySelector('h1')!.textContent).toBe('Create a passkey with your phone')
  expect(document.body.textContent).toContain('login.example.org')
  expect(document.body.textContent).toContain('alice@example.org')
  expect(document.activeElement).toBe(button('Cancel'))
})

test('Escape and Cancel leave, at every step', async () => {
  for (const step of Object.values(steps)) {
    open(step)
    await userEvent.keyboard('{Escape}')
    button(step.at === 'failed' ? 'Close' : 'Cancel').click()
    expect(acts).toEqual(['leave', 'leave'])
    end()
  }
  end = () => {}
})

test('a failure says why and offers a new code', () => {
  open(steps.failed!)
  expect(document.querySelector('[role=alert]')!.textContent).toContain('No phone answered')
  button('Try again with a new code').click()
  expect(acts).toEqual(['again'])
})

test('the code counts down, then fades, and a new one can be had at any time', () => {
  open(code)
  const timer = document.querySelector('[role=timer]')!
  expect(timer.textContent).toContain('5:00')
  vi.advanceTimersByTime(61_000)
  flushSync()
  expect(timer.textContent).toContain('3:59')
  vi.advanceTimersByTime(300_000)
  flushSync()
  expect(timer.textContent).toBe('This code is too old.')
  expect(Number(getComputedStyle(document.querySelector('img')!).opacity)).toBeLessThan(0.5)
  button('New code').click()
  expect(acts).toEqual(['again'])
  draw(handed({ ...code, link: 'FIDO:/9876543210' }))
  flushSync()
  expect(document.querySelector('[role=timer]')!.textContent).toContain('5:00')
  expect(document.querySelector('code')!.textContent).toBe('FIDO:/9876543210')
})

test('on the page for phones a new code is for the same thing', () => {
  const app = stage(gallery['phone-code']!)
  button('New code').click()
  expect(app.acts).toEqual([{ do: 'retry_phone' }])
  app.end()
})
