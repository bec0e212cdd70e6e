// Numbers, dates, plurals and lists, as the person's locale writes them.

/** The forms of a text that depend on a number; `#` stands for the number. Which ones a language has, Intl knows. */
export interface Forms {
  zero?: string
  one?: string
  two?: string
  few?: string
  many?: string
  other: string
}

export type Formats = ReturnType<typeof formats>

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** The person's own variety of the language (de-CH, ar-EG), if the system names one. */
function localeOf(language: string): string {
  return navigator.languages.find((locale) => locale === language || locale.startsWith(`${language}-`)) ?? language
}

export function formats(language: string) {
  const locale = localeOf(language)
  /** Japanese has no spaces between a number and what it counts. */
  const close = (text: string) => (language === 'ja' ? text.replaceAll(' ', '') : text)
  const rules = new Intl.PluralRules(locale)
  const numbers = new Intl.NumberFormat(locale)
  const twoDigits = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 })
  const percents = new Intl.NumberFormat(locale, { style: 'percent' })
  const lists = new Intl.ListFormat(locale)
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
  const moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' })
  const months = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long' })
  const shortMonths = new Intl.DateTimeFormat(locale, { month: 'short' })
  const times = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const collator = new Intl.Collator(locale)

  const number = (value: number) => numbers.format(value)
  const date = (seconds: number) => new Date(seconds * 1000)

  /** Whole days of the calendar between two moments. */
  const nights = (from: number, to: number) =>
    Math.round((date(to).setHours(0, 0, 0, 0) - date(from).setHours(0, 0, 0, 0)) / 1000 / day)

  return {
    locale,
    number,
    /** 0.5 as 50 %. */
    percent: (part: number) => percents.format(part),
    /** “a, b and c”. */
    list: (parts: string[]) => lists.format(parts),
    /** The form that fits the count. A language without that form uses `other`. */
    plural(count: number, forms: Forms): string {
      const form = (count === 0 && forms.zero) || forms[rules.select(count)] || forms.other
      return form.replace('#', number(count))
    },
    /** Minutes and seconds, as on a clock that runs down. */
    clock: (seconds: number) => `${number(Math.floor(seconds / 60))}:${twoDigits.format(seconds % 60)}`,
    /** How long something lasts: whole hours, minutes or seconds, rounded up. */
    duration(seconds: number): string {
      const [unit, length] = seconds > hour ? ['hour', hour] : seconds > minute ? ['minute', minute] : ['second', 1]
      const style = { style: 'unit', unit: String(unit), unitDisplay: 'long' } as const
      return close(new Intl.NumberFormat(locale, style).format(Math.ceil(seconds / Number(length))))
    },
    /** A size in bytes, kB, MB or GB. */
    size(bytes: number): string {
      const [unit, value] =
        bytes < 1000
          ? ['byte', bytes]
          : bytes < 1e6
            ? ['kilobyte', bytes / 1e3]
            : bytes < 1e9
              ? ['megabyte', bytes / 1e6]
              : ['gigabyte', bytes / 1e9]
      return new Intl.NumberFormat(locale, { style: 'unit', unit: String(unit), maximumFractionDigits: 1 }).format(
        Number(value),
      )
    },
    /** A day. Times are Unix seconds, here and below. */
    day: (seconds: number) => days.format(date(seconds)),
    /** A day and a time. */
    moment: (seconds: number) => moments.format(date(seconds)),
    /** A day and a time, with the day of the week and the time zone. */
    exactly: (seconds: number) => exact.format(date(seconds)),
    month: (seconds: number) => months.format(date(seconds)),
    shortMonth: (seconds: number) => shortMonths.format(date(seconds)),
    /** How long ago it was, in whole units; a date if that is longer than a month. */
    ago(seconds: number, now = Date.now() / 1000): string {
      const past = Math.max(0, now - seconds)
      if (past < minute) return times.format(0, 'second')
      if (past < hour) return close(times.format(-Math.floor(past / minute), 'minute'))
      if (past < day) return close(times.format(-Math.floor(past / hour), 'hour'))
      if (past < 30 * day) return close(times.format(-nights(seconds, now), 'day'))
      return days.format(date(seconds))
    },
    compare: collator.compare,
  }
}
