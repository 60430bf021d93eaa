import { eventContentType, gapEvent } from '../contract/events.ts'
import { parseCommitted, parseTotals } from '../contract/incoming.ts'
import type { TotalsMessage } from '../contract/schemas.ts'
import type { Topics } from '../contract/topics.ts'
import type { WallMs } from '../domain/time.ts'
import type { Gap } from '../domain/vote.ts'
import { type Clock, pause } from '../ports/clock.ts'
import type { Journal } from '../ports/journal.ts'
import type { Connection, Message } from '../ports/uplink.ts'

export interface ExchangedOptions {
  journal: Pick<Journal, 'epoch' | 'source' | 'endOf'>
  topics: Topics
  clock: Clock
}

/** A broker hands over what it retains together with its answer; it gets this long for both. */
const retainedMs = 2_000
const hourMs = 3_600_000

/**
 * What became of the journal that was here before this one: the broker still retains its totals. With a new
 * card its votes cannot come any more, as far as no collector has them. Undefined where there was none.
 */
export async function exchangedGap(
  { journal, topics, clock }: ExchangedOptions,
  connection: Connection,
  signal: AbortSignal,
): Promise<Message | undefined> {
  const totals = await retained(connection, topics.totals, clock, signal, parseTotals)
  if (!totals || totals.epoch === journal.epoch || totals.sequence === 0) return undefined
  const committed = await retained(connection, topics.committed, clock, signal, parseCommitted)
  if (signal.aborted) return undefined
  const done = committed?.epoch === totals.epoch ? committed.sequence : 0
  // A journal that came from the old card with a backup tells its votes itself.
  const from = Math.max(done, journal.endOf(totals.epoch) ?? 0) + 1
  if (from > totals.sequence) return undefined
  const gap = gapOf(totals, from, journal.source, clock.now().wall)
  return {
    topic: topics.gap,
    payload: JSON.stringify(gapEvent(gap)),
    retain: false,
    contentType: eventContentType,
  }
}

/** Its hour will do: a repetition after a lost acknowledgement is then the same, mostly. */
function gapOf({ epoch, sequence }: TotalsMessage, from: number, source: string, now: WallMs): Gap {
  return { epoch, source, from, to: sequence, cause: 'exchanged', at: Math.floor(now / hourMs) * hourMs }
}

/** What the broker retains on a topic, if that is anything of ours; it may also not let us look. */
async function retained<T>(
  connection: Connection,
  topic: string,
  clock: Clock,
  signal: AbortSignal,
  parse: (payload: Uint8Array) => T | undefined,
): Promise<T | undefined> {
  const over = new AbortController()
  const stop = () => over.abort()
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  let found: T | undefined
  const subscribing = connection.subscribe(topic, (message) => {
    if (!message.retained || over.signal.aborted) return
    found = parse(message.payload)
    stop()
  })
  subscribing.catch(stop)
  connection.closed.then(stop)
  await pause(clock, retainedMs, over.signal)
  stop()
  signal.removeEventListener('abort', stop)
  // Nobody waits for the broker's answer to that.
  subscribing.then((subscription) => subscription[Symbol.asyncDispose]()).catch(() => {})
  return found
}
