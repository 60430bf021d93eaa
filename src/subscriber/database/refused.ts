import { topicsOf } from '../../contract/topics.ts'
import type { WallMs } from '../../domain/time.ts'
import type { Item, Rejected } from '../item.ts'
import type { QuarantineRow } from './tables.ts'

/** How much of a message is kept: bytes of its payload, characters of its topic and of why. */
const keptBytes = 4096
const keptText = 1000

/** How many messages are kept; all are counted. */
export const mostQuarantined = 10_000

const messages: readonly string[] = [
  'vote',
  'gap',
  'summary',
  'totals',
  'state',
  'health',
  'survey',
  'served',
] satisfies Item['is'][]

export function rejectedRow({ topic, payload, why }: Rejected, at: WallMs): QuarantineRow {
  const last = topic.slice(topic.lastIndexOf('/') + 1)
  const message = messages.includes(last) ? last : 'other'
  return row({ at, kind: 'invalid', topic, message, why, payload })
}

/** A message that was validated, and is refused all the same; its topic is told with the usual root. */
export function refusedRow(item: Item, kind: QuarantineRow['kind'], why: string, at: WallMs): QuarantineRow {
  const { source, is, ...said } = item
  const payload = new TextEncoder().encode(JSON.stringify(Object.values(said)[0]))
  return row({ at, kind, topic: topicsOf('faccina/1', source)[is], message: is, why, payload })
}

function row({ topic, why, payload, ...more }: QuarantineRow): QuarantineRow {
  return { ...more, topic: plain(topic), why: plain(why), payload: payload.slice(0, keptBytes) }
}

/** PostgreSQL holds no U+0000, and neither of the two half a character. */
function plain(text: string): string {
  return Buffer.from(text.slice(0, keptText).replaceAll('\0', '\uFFFD')).toString()
}
