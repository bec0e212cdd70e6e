// What is wrong with a PIN, in words.
import type { PinProblem } from '../generated/bindings'
import { errorText, t } from '../text'

export function pinProblem(problem: PinProblem): string {
  switch (problem.is) {
    case 'unfit':
      return t.pin.unfit
    case 'wrong':
      return t.pin.wrong(problem.triesLeft)
    case 'failed':
      return `${errorText(problem.code).title} ${errorText(problem.code).hint}`
  }
}
