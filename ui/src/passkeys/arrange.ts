// Search, filter, sort and group: from the entries to the rows of the list.
import type { Passkey } from '../generated/bindings'
import { format, t } from '../text'

export type Sort = 'site' | 'used' | 'created'
export type Filter = 'all' | 'never_used' | 'only_here' | 'trouble'

export interface Wish {
  search: string
  sort: Sort
  filter: Filter
}

export type Row = { kind: 'site'; name: string; count: number } | { kind: 'passkey'; passkey: Passkey; at: number }

export function siteName(passkey: Passkey): string {
  return passkey.site?.id ?? t.passkeys.noSite
}

export function passkeyName(passkey: Passkey): string {
  return passkey.label ?? (passkey.name || t.question.noName)
}

function fits(passkey: Passkey, wish: Wish, words: string[]): boolean {
  if (wish.filter === 'never_used' && passkey.uses > 0) return false
  if (wish.filter === 'only_here' && passkey.backedUp) return false
  if (wish.filter === 'trouble' && passkey.state === 'ready') return false
  if (words.length === 0) return true
  const text = [passkey.site?.id, passkey.site?.readable, passkey.name, passkey.displayName, passkey.label]
    .join(' ')
    .toLowerCase()
  return words.every((word) => text.includes(word))
}

/** The newest first, and what has no time last. */
function newest(a: number | null, b: number | null): number {
  return (b ?? -1) - (a ?? -1)
}

function order(sort: Sort): (a: Passkey, b: Passkey) => number {
  const { compare } = format
  const bySite = (a: Passkey, b: Passkey) =>
    compare(siteName(a), siteName(b)) || compare(passkeyName(a), passkeyName(b))
  switch (sort) {
    case 'site':
      return bySite
    case 'used':
      return (a, b) => newest(a.lastUsed, b.lastUsed) || bySite(a, b)
    case 'created':
      return (a, b) => newest(a.createdAt, b.createdAt) || bySite(a, b)
  }
}

/** The entries that fit, in the order wished for. Grouped by site if that is the order. */
export function arrange(passkeys: Passkey[], wish: Wish): Row[] {
  const words = wish.search.toLowerCase().split(/\s+/).filter(Boolean)
  const found = passkeys.filter((passkey) => fits(passkey, wish, words)).sort(order(wish.sort))
  const rows: Row[] = []
  let group: { kind: 'site'; name: string; count: number } | undefined
  found.forEach((passkey, at) => {
    if (wish.sort === 'site') {
      const name = siteName(passkey)
      if (group?.name !== name) {
        group = { kind: 'site', name, count: 0 }
        rows.push(group)
      }
      group.count += 1
    }
    rows.push({ kind: 'passkey', passkey, at })
  })
  return rows
}
