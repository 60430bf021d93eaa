/** What is remembered of commissionings, beside the votes. */
export interface Commissions {
  /** Whether one is asked for at this start. */
  wanted(): Promise<boolean>
  /** It was done: nobody asks any more. */
  done(): Promise<void>
  /** The record of the last one, as it was kept. */
  last(): Promise<string | undefined>
  /** Resolves when the record is on the disk. */
  keep(record: string): Promise<void>
}
