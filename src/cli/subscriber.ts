/**
 * `faccina/subscriber`, for programs that consume votes:
 *
 *     import { votes } from 'faccina/subscriber'
 *
 *     await using stream = await votes({ broker: 'mqtt://127.0.0.1:1883', position: 'votes.json' })
 *     for await (const vote of stream) {
 *       console.log(vote.source, vote.data.face, vote.data.reason)
 *       console.log(stream.completeness(vote.source).map(completenessText))
 *     }
 */
import { randomBytes } from 'node:crypto'
import { Ledger } from '../subscriber/completeness.ts'
import type { Rejected } from '../subscriber/item.ts'
import { PositionFile } from '../subscriber/position-file.ts'
import { VoteStream } from '../subscriber/vote-stream.ts'
import { SystemClock } from '../system/clock.ts'
import { openLog } from '../system/log.ts'
import { openUplink } from './broker-options.ts'

export type { GapEvent, SummaryEvent, TotalsMessage, VoteEvent } from '../contract/schemas.ts'
export { type Completeness, completenessText } from '../subscriber/completeness.ts'
export type { Rejected } from '../subscriber/item.ts'
export type { VoteStream } from '../subscriber/vote-stream.ts'

export interface VotesOptions {
  /** `mqtts://host:8883` or `mqtt://host:1883`. */
  broker: string
  username?: string
  password?: string
  /** PEM files: the authority of the broker, and our own certificate and key. Only with mqtts. */
  ca?: string
  certificate?: string
  key?: string
  /**
   * With a name of its own the broker keeps what comes while the program is away, for a week. No two
   * programs may share one.
   */
  clientId?: string
  /** Municipality/office/counter, with `+` for all; all unless given. */
  terminals?: string
  /** `faccina/1` unless the terminals' settings say otherwise. */
  topicRoot?: string
  /** A file that remembers which votes have been had, over a restart. */
  position?: string
  /** Told of each message that is not what the contract says; without it they are logged. */
  onRejected?: (rejected: Rejected) => void
}

const sessionSeconds = 7 * 86_400
const filter = /^([a-z0-9_-]{1,64}|\+)(\/([a-z0-9_-]{1,64}|\+)){2}$/

/**
 * Votes as they come: typed, validated, each once. It connects in the background and stays connected until the
 * loop is left or the stream is disposed. Throws a `TypeError` where an option makes no sense, and an `Error`
 * where the position file is none.
 */
export async function votes(options: VotesOptions): Promise<VoteStream> {
  const { broker, clientId, terminals = '+/+/+', topicRoot = 'faccina/1', position, ...rest } = options
  if (!/^mqtts?:\/\/[^@\s]+$/.test(broker))
    throw new TypeError('broker: allowed is mqtts://host:port or mqtt://host:port, without a password')
  if (!filter.test(terminals))
    throw new TypeError('terminals: allowed is municipality/office/counter, with + for all')
  const log = openLog({ level: 'warn', write: (text) => void process.stderr.write(text), journald: false })
  const { onRejected = (rejected) => log.warn('message rejected', { ...about(rejected) }), ...login } = rest
  const clock = SystemClock.open({ source: 'system' })
  const file = position === undefined ? undefined : new PositionFile(position)
  const stream = new VoteStream(
    {
      uplink: openUplink(
        {
          url: broker,
          clientId: clientId ?? `faccina-subscriber-${randomBytes(6).toString('hex')}`,
          ...login,
        },
        clock,
        clientId === undefined ? {} : { sessionSeconds },
      ),
      topicRoot,
      where: terminals,
      ...(file && { position: file }),
      onRejected,
      clock,
      log,
      random: Math.random,
    },
    new Ledger(await file?.load()),
  )
  stream.start()
  return stream
}

function about({ topic, why }: Rejected): { topic: string; why: string } {
  return { topic: topic.slice(0, 200), why }
}
