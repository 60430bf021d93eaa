import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Panel } from '../ports/panel.ts'
import type { Route } from './browser/route.ts'
import type { Listen } from './browser/web-server.ts'

/** What a driver may need; each takes its own. */
export interface PanelOptions {
  browser: { listen: Listen; extra?: readonly Route[] }
  clock: Clock
  log: Log
}

type OpenPanel = (options: PanelOptions) => Promise<Panel>

/** The closed table of drivers, loaded only when chosen: adding one is one file and one line. */
export const panels = {
  browser: async ({ browser, clock, log }) =>
    (await import('./browser/browser-panel.ts')).openBrowserPanel({ ...browser, clock, log }),
} as const satisfies Record<string, OpenPanel>
