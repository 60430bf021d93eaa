import { eventContentType } from '../../contract/events.ts'
import type { VoteEvent } from '../../contract/schemas.ts'
import { topicsOf } from '../../contract/topics.ts'
import type { WallMs } from '../../domain/time.ts'
import type { Message } from '../../ports/uplink.ts'
import type { Item } from '../item.ts'

/** Something that a terminal, or the queue manager beside it, tells the world. */
export interface Said {
  /** When it leaves; what one terminal says never goes back in time. */
  at: WallMs
  item: Item
  /** With a summary: votes that it counts and that had been told before. */
  again?: readonly VoteEvent[]
}

/** How often a simulated terminal reports while its office is open; real ones do so every minute. */
const healthPeriodMs = 3_600_000
const healthExpiryPeriods = 3

const retained: ReadonlySet<Item['is']> = new Set(['totals', 'state', 'health', 'survey'])

/** As it goes to the broker: topics and bytes as the contract has them. */
export function messageOf(root: string, item: Item): Message {
  return {
    topic: topicsOf(root, item.source)[item.is],
    payload: JSON.stringify(contentOf(item)),
    retain: retained.has(item.is),
    ...('event' in item && { contentType: eventContentType }),
    ...(item.is === 'health' && { expirySeconds: (healthExpiryPeriods * healthPeriodMs) / 1000 }),
  }
}

function contentOf(item: Item): object {
  switch (item.is) {
    case 'vote':
    case 'gap':
    case 'summary':
      return item.event
    case 'totals':
      return item.totals
    case 'state':
      return item.state
    case 'health':
      return item.health
    case 'survey':
      return item.survey
    case 'commissioning':
      return item.record
    case 'served':
      return item.served
  }
}
