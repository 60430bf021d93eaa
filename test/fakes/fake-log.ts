import type { Fields, Log } from '../../src/ports/log.ts'

export interface Entry {
  level: keyof Log
  event: string
  fields: Fields
}

/** Keeps what was logged, for tests to look at. */
export class FakeLog implements Log {
  readonly entries: Entry[] = []

  debug(event: string, fields: Fields = {}): void {
    this.entries.push({ level: 'debug', event, fields })
  }

  info(event: string, fields: Fields = {}): void {
    this.entries.push({ level: 'info', event, fields })
  }

  warn(event: string, fields: Fields = {}): void {
    this.entries.push({ level: 'warn', event, fields })
  }

  error(event: string, fields: Fields = {}): void {
    this.entries.push({ level: 'error', event, fields })
  }

  /** The fields of every entry of this event. */
  of(event: string): Fields[] {
    return this.entries.filter((entry) => entry.event === event).map(({ fields }) => fields)
  }

  /** What somebody should look at. */
  get complaints(): Entry[] {
    return this.entries.filter(({ level }) => level === 'warn' || level === 'error')
  }
}
