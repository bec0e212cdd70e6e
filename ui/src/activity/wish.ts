// What the person looks for in the activity log.
import type { ActivityFilter, ActivityKind } from '../generated/bindings'

export type KindGroup = 'all' | 'sign_ins' | 'refused' | 'passkeys' | 'copies' | 'pin' | 'policy' | 'phone'

export interface Wish {
  text: string
  kind: KindGroup
  /** Days as a field for dates gives them, `2026-11-20`, or nothing. */
  since: string
  until: string
}

export const nothingWished: Wish = { text: '', kind: 'all', since: '', until: '' }

const kinds: Record<KindGroup, ActivityKind[]> = {
  all: [],
  sign_ins: ['signed_in'],
  refused: ['refused'],
  passkeys: ['created', 'labelled', 'removed', 'restored_removed', 'destroyed', 'list_rebuilt'],
  copies: ['imported', 'exported', 'backed_up', 'drilled', 'restored_from_backup'],
  pin: ['pin_set', 'pin_changed', 'pin_reset'],
  policy: ['policy_warned', 'policy_blocked'],
  phone: ['used_phone'],
}

/** The first moment of a day here, some days later, in Unix seconds. */
function midnight(day: string, later: number): number | null {
  const [year, month, date] = day.split('-').map(Number)
  if (year === undefined || month === undefined || date === undefined || Number.isNaN(year + month + date)) return null
  return Math.max(0, new Date(year, month - 1, date + later).getTime() / 1000)
}

export function filterOf(wish: Wish): ActivityFilter {
  return {
    kinds: kinds[wish.kind],
    site: null,
    since: midnight(wish.since, 0),
    until: midnight(wish.until, 1),
    text: wish.text.trim(),
  }
}
