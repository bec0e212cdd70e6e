// From the statistics to what the charts show.
import type { Counts, Statistics } from '../generated/bindings'
import { format, t } from '../text'

/** A bar: how often something was. */
export interface Bar {
  text: string
  count: number
  /** How it ended, which decides its colour. The rest of a list has no bar: it would dwarf those of the list. */
  how: 'good' | 'refused' | 'plain' | 'rest'
}

/** Sites with a bar of their own; the others share one. */
const mostSites = 10

const all = ({ created, signedIn, refused }: Counts) => created + signedIn + refused

export function outcomeBars({ total, refusals }: Statistics): Bar[] {
  const bars: Bar[] = [
    { text: t.activity.chart.signedIn, count: total.signedIn, how: 'good' },
    { text: t.activity.chart.created, count: total.created, how: 'good' },
    ...refusals.map(({ because, count }): Bar => ({ text: t.activity.because[because], count, how: 'refused' })),
  ]
  return bars.filter((bar) => bar.count > 0)
}

export function outcomeSummary({ total }: Statistics): string {
  const part = all(total) === 0 ? 0 : (total.created + total.signedIn) / all(total)
  return t.activity.chart.outcomesSummary(format.percent(part))
}

export function siteBars({ sites }: Statistics): Bar[] {
  const bars = sites
    .slice(0, mostSites)
    .map(({ site, counts }): Bar => ({ text: site.id, count: all(counts), how: 'plain' }))
  const others = sites.slice(mostSites).reduce((sum, { counts }) => sum + all(counts), 0)
  if (others > 0) bars.push({ text: t.activity.chart.otherSites, count: others, how: 'rest' })
  return bars
}

export function siteSummary({ sites }: Statistics): string {
  return t.activity.chart.sitesSummary(sites[0]?.site.id ?? '', sites.length - 1)
}
