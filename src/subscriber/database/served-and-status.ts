import { iso } from '../../domain/time.ts'
import type { Item } from '../item.ts'
import type { StatusRow, statusColumns, Tables } from './tables.ts'

/** What a batch says of terminals besides their votes: what they tell of themselves, and what was served. */
export class ServedAndStatus {
  readonly #terminals: ReadonlyMap<string, number>
  /** Terminals that gave a sign of life. */
  readonly heard = new Set<string>()
  readonly conflicts: { item: Item; why: string }[] = []

  constructor(terminals: ReadonlyMap<string, number>) {
    this.#terminals = terminals
  }

  async take(tables: Tables, told: readonly Item[]): Promise<void> {
    await this.#takeStatus(tables, told)
    for (const item of told) if (item.is === 'served') await this.#takeServed(tables, item)
  }

  /**
   * What a broker keeps comes again whenever somebody subscribes, and the will is said by the broker: what is
   * told word by word as before, and the will, are no sign of life.
   */
  async #takeStatus(tables: Tables, told: readonly Item[]): Promise<void> {
    const speaking = new Set(told.filter((item) => statusOf(item)).map(({ source }) => this.#id(source)))
    const rows = new Map<number, StatusRow>([...speaking].map((terminal) => [terminal, nothing(terminal)]))
    if (speaking.size > 0) for (const row of await tables.statuses([...speaking])) rows.set(row.terminal, row)
    const changed = new Set<StatusRow>()
    for (const item of told) {
      const status = statusOf(item)
      const row = rows.get(this.#id(item.source))
      if (!status || !row) {
        if (item.is !== 'served') this.heard.add(item.source)
      } else if (row[status.column] !== status.text) {
        row[status.column] = status.text
        changed.add(row)
        if (!(item.is === 'state' && item.state.will)) this.heard.add(item.source)
      }
    }
    if (changed.size > 0) await tables.putStatuses([...changed])
  }

  async #takeServed(tables: Tables, item: Item & { is: 'served' }): Promise<void> {
    const { from, to, served } = item.served
    const row = {
      terminal: this.#id(item.source),
      begins: Date.parse(from),
      ends: Date.parse(to),
      served,
    }
    const [other] = await tables.servedWithin(row.terminal, row.begins, row.ends)
    if (!other) return await tables.insertServed(row)
    const span = `${iso(other.begins)} to ${iso(other.ends)}`
    if (other.begins !== row.begins || other.ends !== row.ends)
      this.conflicts.push({ item, why: `its span overlaps that of ${span}, which is stored` })
    else if (other.served !== served)
      this.conflicts.push({ item, why: `${served} served in ${span}; stored is ${other.served}` })
  }

  #id(source: string): number {
    return this.#terminals.get(source)!
  }
}

function statusOf(item: Item): { column: (typeof statusColumns)[number]; text: string } | undefined {
  switch (item.is) {
    case 'state':
      return { column: 'state', text: JSON.stringify(item.state) }
    case 'health':
      return { column: 'health', text: JSON.stringify(item.health) }
    case 'survey':
      return { column: 'survey', text: JSON.stringify(item.survey) }
    case 'totals':
      return { column: 'totals', text: JSON.stringify(item.totals) }
    default:
      return undefined
  }
}

function nothing(terminal: number): StatusRow {
  return { terminal, state: null, health: null, survey: null, totals: null }
}
