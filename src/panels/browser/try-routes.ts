import { json, type Send } from '../../web/route.ts'
import type { PanelRoute } from './browser-panel.ts'

/** One message that the broker gave to a subscriber. */
export interface TryMessage {
  topic: string
  /** What the JSON says, or the text where it is none. */
  payload: unknown
  retained: boolean
  /** RFC 3339. */
  receivedAt: string
}

/** What the page of `faccina try` says about the surroundings. */
export interface TryInfo {
  /** E.g. `mqtt://127.0.0.1:1883`. */
  broker: string
  /** The command line that shows the same messages. */
  subscribe: string
  /** Where the journal lies. */
  journal: string
}

/** Messages kept for pages that are opened later. */
const kept = 200

/**
 * The page of `faccina try`: the panel in its housing, and beside it what the broker received. Mount these
 * as `extra` of the browser panel. `subscribe` is called once, and listens for as long as the process runs
 * or until what it returned is disposed.
 */
export function tryRoutes(options: {
  info: TryInfo
  subscribe: (listener: (message: TryMessage) => void) => unknown
}): PanelRoute[] {
  const latest: TryMessage[] = []
  const viewers = new Set<Send>()
  options.subscribe((message) => {
    latest.push(message)
    if (latest.length > kept) latest.shift()
    for (const send of viewers) send(message)
  })
  return [
    { path: '/', page: 'try.html' },
    { path: '/try/info', get: () => json(options.info) },
    {
      path: '/try/events',
      stream(send) {
        for (const message of latest) send(message)
        viewers.add(send)
        return { [Symbol.dispose]: () => void viewers.delete(send) }
      },
    },
  ]
}
