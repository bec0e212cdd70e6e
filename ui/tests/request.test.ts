// The window of a request that a program handed over, and the code that a phone scans.
import { flushSync } from 'svelte'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import type { HandedStep } from '../src/generated/bindings'
import { gallery, handed, handedSteps as steps } from './gallery'
import { button, handedStage, stage, type Handed } from './stage'

const code = { ...steps.code!, link: 'FIDO:/0123456789' } as Extract<HandedStep, { at: 'code' }>

let window: Handed

const open = (step: HandedStep) => (window = handedStage(handed(step)))

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] }))
afterEach(() => {
  vi.useRealTimers()
  window.end()
})

for (const [name, step] of Object.entries(steps)) {
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
    expect(window.acts).toEqual(['leave', 'leave'])
    window.end()
  }
  open(code)
})

test('a failure says why and offers a new code', () => {
  open(steps.failed!)
  expect(document.querySelector('[role=alert]')!.textContent).toContain('No phone answered')
  button('Try again with a new code').click()
  expect(window.acts).toEqual(['again'])
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
  expect(window.acts).toEqual(['again'])
  window.show(handed({ ...code, link: 'FIDO:/9876543210' }))
  expect(document.querySelector('[role=timer]')!.textContent).toContain('5:00')
  expect(document.querySelector('code')!.textContent).toBe('FIDO:/9876543210')
})

test('on the page for phones a new code is for the same thing', () => {
  const app = stage(gallery['phone-code']!)
  button('New code').click()
  app.end()
  open(code)
  expect(app.acts).toEqual([{ do: 'retry_phone' }])
})
