import type { WallMs } from '../domain/time.ts'
import type { Item, Journal } from '../ports/journal.ts'

/** Decides, during one connection, when what was published is done. */
export interface Confirmation extends Disposable {
  /** Begins to listen for what else has a say in it. */
  begin(): void
  /** Whether it is done already, so that there is no need to send it. */
  covers(item: Item): boolean
  /** It is being handed to the connection. */
  sent(item: Item): void
  /** The broker has acknowledged it. */
  acknowledged(item: Item): void
  /** The broker has acknowledged everything up to it. */
  acknowledgedUpTo(item: Item): void
  /** When the oldest vote was given that is not done, where that is known. */
  readonly oldest: WallMs | undefined
}

/** Done is what the broker has acknowledged, without a hole. */
export function byBroker(journal: Pick<Journal, 'done'>): Confirmation {
  return {
    begin() {},
    covers: () => false,
    sent() {},
    acknowledged() {},
    acknowledgedUpTo: (item) => journal.done(item),
    oldest: undefined,
    [Symbol.dispose]() {},
  }
}
