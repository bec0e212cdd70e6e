// The question: what it shows, where the focus is, and when a yes is possible.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { gallery, question } from './gallery'
import { button, stage, type Stage } from './stage'

let app: Stage

const asked = (name: string) => {
  app = stage(gallery[name]!)
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => {
  vi.useRealTimers()
  app.end()
})

test('focus begins on Cancel, and a yes is possible only after a second', () => {
  asked('question')
  expect(document.activeElement).toBe(button('Cancel'))
  expect(button('Sign in').disabled).toBe(true)
  vi.advanceTimersByTime(999)
  expect(button('Sign in').disabled).toBe(true)
})

test('a yes names the question and the account', async () => {
  asked('question-accounts')
  await vi.advanceTimersByTimeAsync(1100)
  document.querySelectorAll<HTMLInputElement>('input[type=radio]')[1]!.click()
  button('Sign in').click()
  expect(app.acts).toEqual([{ do: 'approve', question: 1, account: 1 }])
})

test('a blocked account can’t be chosen', () => {
  asked('question-accounts')
  expect(document.querySelectorAll<HTMLInputElement>('input[type=radio]')[2]!.disabled).toBe(true)
})

test('Return on a fresh question and Escape refuse', async () => {
  asked('question')
  await userEvent.keyboard('{Enter}')
  await userEvent.keyboard('{Escape}')
  expect(app.acts).toEqual([{ do: 'cancel' }, { do: 'cancel' }])
})

test('a second question arms anew', async () => {
  asked('question')
  await vi.advanceTimersByTimeAsync(1100)
  expect(button('Sign in').disabled).toBe(false)
  app.show({ ...gallery.question!, signIn: { step: 'question', ...question, id: 2 } })
  expect(button('Sign in').disabled).toBe(true)
  expect(document.activeElement).toBe(button('Cancel'))
})

test('letters beyond ASCII show as xn-- and as they read', () => {
  asked('question-punycode')
  expect(document.querySelector('h1')!.textContent).toContain('xn--pypal-4ve.com')
  expect(document.querySelector('h1')!.textContent).toContain('pаypal.com')
})

test('the PIN is handed over and wiped from the field', async () => {
  asked('question-pin')
  const field = document.querySelector<HTMLInputElement>('#pin')!
  expect(document.activeElement).toBe(field)
  await userEvent.keyboard('2718{Enter}')
  expect(app.acts).toEqual([{ do: 'type_pin', question: 1, pin: '2718' }])
  expect(field.value).toBe('')
})

test('a code that was not filmed carries a warning, a filmed one does not', () => {
  asked('question')
  expect(document.body.textContent).not.toContain('anyone could have sent it')
  app.end()
  asked('question-create')
  expect(document.body.textContent).toContain('anyone could have sent it')
})
