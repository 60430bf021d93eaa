import type { CommissioningEvent } from '../contract/schemas.ts'
import type { Commissions } from '../ports/commissions.ts'
import type { Log } from '../ports/log.ts'
import { type CommissioningOptions, commission } from './commissioning.ts'
import type { Kiosk } from './kiosk.ts'
import { Presses } from './presses.ts'

/** What only a commissioning needs. */
export interface CommissionerParts extends Pick<CommissioningOptions, 'checks' | 'signer'> {
  commissions: Commissions
}

export interface CommissionerOptions extends CommissionerParts, Omit<CommissioningOptions, 'by' | 'presses'> {
  kiosk: Pick<Kiosk, 'lend'>
}

/** Has the terminal look at itself when a technician wants it, and keeps what came of it. */
export class Commissioner {
  readonly #options: CommissionerOptions
  readonly #log: Log
  #record: string | undefined
  #at: 'rest' | 'at work' = 'rest'
  #work: Promise<void> = Promise.resolve()
  /** Called when there is a new record. */
  onRecord: () => void = () => {}

  constructor(options: CommissionerOptions) {
    this.#options = options
    this.#log = options.log
  }

  /** The record to be published: that of this very terminal, if there is one. */
  get record(): string | undefined {
    return this.#record
  }

  /** Resolves when nothing is under way. */
  get ended(): Promise<void> {
    return this.#work
  }

  /** Remembers the last record, and begins at once where that is asked for. */
  start(): void {
    this.#work = this.#begin().catch((error) =>
      this.#log.warn('commissioning: what was kept cannot be read', { problem: error }),
    )
  }

  begin(by: CommissioningEvent['data']['by']): void {
    if (this.#at === 'at work' || this.#options.signal.aborted) return
    this.#work = this.#commission(by)
  }

  async #begin(): Promise<void> {
    const { commissions, source } = this.#options
    const record = await commissions.last()
    // That of another counter is not ours to tell.
    if (record !== undefined && JSON.parse(record).source === source) this.#tell(record)
    if (await commissions.wanted()) await this.#commission('request')
  }

  async #commission(by: CommissioningEvent['data']['by']): Promise<void> {
    const { kiosk, commissions, signal } = this.#options
    this.#at = 'at work'
    const presses = new Presses()
    using _ = kiosk.lend((key) => presses.press(key))
    try {
      const record = await commission({ ...this.#options, by, presses, keep: (event) => this.#keep(event) })
      if (record) this.#log.info('commissioning recorded', { result: record.data.result })
    } catch (error) {
      this.#log.error('commissioning broken off', { problem: error })
    }
    // One that a stop broke off is begun again at the next start.
    if (by === 'request' && !signal.aborted) await commissions.done()
    this.#at = 'rest'
  }

  /** What cannot be kept is published all the same, for as long as this process lives. */
  async #keep(event: CommissioningEvent): Promise<void> {
    const record = JSON.stringify(event)
    this.#tell(record)
    await this.#options.commissions
      .keep(record)
      .catch((error) => this.#log.error('commissioning not kept', { problem: error }))
  }

  #tell(record: string): void {
    this.#record = record
    this.onRecord()
  }
}
