import type * as v from 'valibot'
import type { Instant } from '../domain/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Display, Keys, LightsPort } from '../ports/panel.ts'
import type { Listen } from '../web/web-server.ts'
import type { PanelRoute } from './browser/browser-panel.ts'

/** What a driver may need beside what its profile says. */
export interface PanelContext {
  clock: Clock
  log: Log
  browser: { listen: Listen; extra?: readonly PanelRoute[] }
  lighting: Lighting
  /**
   * What the parts of one panel have in common, opened for the first that asks: a board, a serial line, a
   * page. The panel disposes of it.
   */
  share<T extends AsyncDisposable>(name: string, open: () => T | Promise<T>): Promise<T>
}

/** What the settings say about the lights of any panel. */
export interface Lighting {
  /** 0 to 1: by day and by night. */
  brightness(now: Instant): number
  /** Whether lights may move; where not, each scene is one picture. */
  animation: boolean
}

/**
 * How a part is driven. It opens at once and gets at its hardware in the background; the one that rejects
 * is the browser, whose address only a technician can change.
 */
export interface Driver<Entries extends v.ObjectEntries, Part> {
  /** What a profile says to it, beside its name. */
  entries: Entries
  open(own: Own<Entries>, context: PanelContext): Promise<Part>
}

export type Own<Entries extends v.ObjectEntries> = v.InferOutput<v.StrictObjectSchema<Entries, undefined>>

type Opener<Entries extends v.ObjectEntries, Part> = (
  own: Own<Entries>,
  context: PanelContext,
) => Part | Promise<Part>

/** A line of the table: its module is loaded only when a profile chooses it. */
export function driver<Entries extends v.ObjectEntries, Part extends Keys | LightsPort | Display>(
  entries: Entries,
  load: () => Promise<Opener<Entries, Part>>,
): Driver<Entries, Part> {
  return { entries, open: async (own, context) => (await load())(own, context) }
}
