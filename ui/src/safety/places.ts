// The places of passkeys, the safest first, and how each is drawn: a colour and, for eyes that see none, a sign.
import type { PasskeyPlace, PlaceCounts } from '../generated/bindings'

export const places: readonly PasskeyPlace[] = ['drilled_backup', 'elsewhere', 'backup', 'only_here']

export function countOf(counts: PlaceCounts, place: PasskeyPlace): number {
  return {
    drilled_backup: counts.inDrilledBackup,
    elsewhere: counts.elsewhere,
    backup: counts.inBackup,
    only_here: counts.onlyHere,
  }[place]
}

/** So many squares are drawn one for each passkey; of more, a hundred stand for all. */
export const mostSquares = 200

/**
 * The place of each square. With more passkeys than squares a place that holds any has at least one of a hundred: what
 * is only here never rounds away.
 */
export function squares(counts: PlaceCounts): PasskeyPlace[] {
  const of = (place: PasskeyPlace) => countOf(counts, place)
  const all = places.reduce((sum, place) => sum + of(place), 0)
  if (all <= mostSquares) return places.flatMap((place) => Array<PasskeyPlace>(of(place)).fill(place))
  const parts = places.map((place) => (of(place) === 0 ? 0 : Math.max(1, Math.round((100 * of(place)) / all))))
  const largest = parts.indexOf(Math.max(...parts))
  parts[largest]! += 100 - parts.reduce((sum, part) => sum + part, 0)
  return places.flatMap((place, number) => Array<PasskeyPlace>(parts[number]!).fill(place))
}
