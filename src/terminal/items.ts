import { eventContentType, gapEvent, summaryEvent, voteEvent } from '../contract/events.ts'
import { topicOf } from '../contract/topics.ts'
import type { WallMs } from '../domain/time.ts'
import type { Item } from '../ports/journal.ts'
import type { Message } from '../ports/uplink.ts'

/** What an item is about, whichever of the three it is. */
export interface About {
  epoch: string
  source: string
  /** Its sequence, or the first and the last of its range. */
  from: number
  to: number
  /** When it was given; of a gap or a summary when it was written. */
  at: WallMs
}

export function aboutOf(item: Item): About {
  if (item.is === 'vote') {
    const { epoch, source, sequence, time } = item.vote
    return { epoch, source, from: sequence, to: sequence, at: time.wall }
  }
  const { epoch, source, from, to, at } = item.is === 'gap' ? item.gap : item.summary
  return { epoch, source, from, to, at }
}

/** The event of an item, the same whenever it is sent. */
export function eventOf(item: Item) {
  if (item.is === 'vote') return voteEvent(item.vote)
  return item.is === 'gap' ? gapEvent(item.gap) : summaryEvent(item.summary)
}

/** The message of an item, to the topic of the terminal that it is from. */
export function messageOf(topicRoot: string, item: Item): Message {
  const event = eventOf(item)
  return {
    topic: topicOf(topicRoot, event.source, item.is),
    payload: JSON.stringify(event),
    retain: false,
    contentType: eventContentType,
  }
}
