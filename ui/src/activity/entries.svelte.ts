// The entries of the activity log that fit a filter, fetched in windows as they come into sight.
import type { Bridge } from '../bridge'
import type { ActivityFilter, ActivityRow } from '../generated/bindings'

const windowSize = 100

export class Entries {
  /** How many fit; undefined before the first answer. */
  matching = $state<number>()
  #rows = $state.raw<ReadonlyMap<number, ActivityRow>>(new Map())
  #asked = new Set<number>()
  #filter: ActivityFilter | undefined
  #bridge: Bridge

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** Begins anew, with another filter or because the log has grown. What is shown stays until the answer is there. */
  async look(filter: ActivityFilter): Promise<void> {
    this.#filter = filter
    this.#asked = new Set([0])
    const page = await this.#bridge.activity(filter, 0, windowSize)
    if (this.#filter !== filter) return
    this.#rows = new Map(page.rows.map((row, at) => [at, row]))
    this.matching = page.matching
  }

  row(at: number): ActivityRow | undefined {
    return this.#rows.get(at)
  }

  /** Fetches the windows that the rows from `first` to before `last` are in, unless they are there or on their way. */
  want(first: number, last: number): void {
    const filter = this.#filter
    if (!filter || this.matching === undefined) return
    for (let number = Math.floor(first / windowSize); number * windowSize < last; number += 1) {
      if (this.#asked.has(number)) continue
      this.#asked.add(number)
      const from = number * windowSize
      void this.#bridge.activity(filter, from, windowSize).then((page) => {
        if (this.#filter !== filter) return
        const rows = new Map(this.#rows)
        page.rows.forEach((row, at) => rows.set(from + at, row))
        this.#rows = rows
      })
    }
  }
}
