// What can stand between a start and the app, for the tests and for who wants to look.
import type { Opening, OpeningStep } from '../src/generated/bindings'

const file = '/home/alice/.local/share/roamkey/secrets.sealed'
const policy = (problem: Extract<OpeningStep, { is: 'policy' }>['problem']): OpeningStep => ({
  is: 'policy',
  path: '/etc/roamkey/policy.toml',
  problem,
  detail:
    'the policy file is not TOML: line 12: TOML parse error at line 12, column 18\n   |\n12 | minimum_length = \n   |                  ^\nstring values must be quoted',
})
export const openings = {
  looking: { is: 'looking' },
  'policy-syntax': policy({ is: 'syntax', line: 12 }),
  'policy-rule': policy({ is: 'rule', key: 'passkey[0].maximum_age_days' }),
  'policy-others': policy({ is: 'not_the_administrators' }),
  passphrase: { is: 'passphrase', path: file, problem: null, trying: false },
  'passphrase-wrong': { is: 'passphrase', path: file, problem: 'passphrase_wrong', trying: false },
  'passphrase-trying': { is: 'passphrase', path: file, problem: null, trying: true },
  'no-keyring': { is: 'no_keyring', path: file, problem: null, making: false },
  'no-keyring-weak': { is: 'no_keyring', path: file, problem: 'passphrase_weak', making: false },
  'no-keyring-making': { is: 'no_keyring', path: file, problem: null, making: true },
  failed: { is: 'failed', code: 'folder_unusable' },
} satisfies Record<string, OpeningStep>
export const opening = (step: OpeningStep, theme: 'light' | 'dark' = 'light'): Opening => ({
  step,
  look: { theme, language: 'en', systemLanguage: 'en' },
})
