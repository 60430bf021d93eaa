import * as v from 'valibot'
import {
  type Committed,
  committedSchema,
  requestSchema,
  type TotalsMessage,
  totalsSchema,
} from './schemas.ts'

/**
 * What others send us, or a broker kept, is read here: each of these gives undefined, or a problem in words,
 * where a message is not what it should be.
 */

/** No sequence is longer than what an event has room for. */
export const highestSequence = 999_999_999_999

const longest = 4096

export function parseCommitted(payload: Uint8Array): Committed | undefined {
  const committed = parse(committedSchema, payload)
  return committed && committed.sequence <= highestSequence ? committed : undefined
}

export function parseTotals(payload: Uint8Array): TotalsMessage | undefined {
  const totals = parse(totalsSchema, payload)
  return totals && totals.sequence <= highestSequence ? totals : undefined
}

function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  payload: Uint8Array,
): v.InferOutput<Schema> | undefined {
  if (payload.length > longest) return undefined
  try {
    const parsed = v.safeParse(schema, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)))
    return parsed.success ? parsed.output : undefined
  } catch {
    return undefined
  }
}

/** What a `command/replay` asks for: sequences of an epoch, or what is from a span of time. */
export type ReplayRequest = { epoch?: string } & (
  | { by: 'sequence'; from: number; to: number }
  | { by: 'time'; since: number; until: number }
)

const words = {
  epoch: 'six letters or digits, as votes say it',
  from: 'a whole number from 1 on',
  to: 'a whole number from 1 on',
  since: 'a time such as "2026-05-04T09:00:00Z"',
  until: 'a time such as "2026-05-04T09:00:00Z"',
} as const

const kinds = '`from` and `to` (sequences), or `since` and `until` (times); one of the two may be left out'

/** @returns the request, or what is wrong with it, in words for who sent it */
export function parseReplay(request: Record<string, unknown>): ReplayRequest | { problem: string } {
  for (const name of Object.keys(words) as (keyof typeof words)[]) {
    const value = request[name]
    if (!v.is(requestSchema.entries[name], value))
      return { problem: `\`${name}\` is ${shown(value)}; allowed is ${words[name]}` }
  }
  const { epoch, from, to, since, until } = request as v.InferOutput<typeof requestSchema>
  const bySequence = from !== undefined || to !== undefined
  const byTime = since !== undefined || until !== undefined
  if (bySequence === byTime)
    return {
      problem: `${byTime ? 'sequences and times together' : 'nothing asked for'}; allowed are ${kinds}`,
    }
  const wanted: ReplayRequest = bySequence
    ? { by: 'sequence', from: from ?? 1, to: to ?? highestSequence }
    : {
        by: 'time',
        since: since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since),
        until: until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until),
      }
  if (wanted.by === 'sequence' && wanted.from > wanted.to)
    return { problem: '`from` is above `to`; allowed is the same or less' }
  if (wanted.by === 'time' && !(wanted.since < wanted.until))
    return { problem: '`since` is not before `until`, or one of them is no time that there is' }
  return { ...(epoch !== undefined && { epoch }), ...wanted }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length <= 64 ? text : `${text.slice(0, 64)}…`
}
