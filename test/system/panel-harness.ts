import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { scene } from '../../src/domain/scene.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import {
  firstVisit,
  type Service,
  step,
  type Visit,
  type VisitEffect,
  type VisitEvent,
  type VisitRules,
} from '../../src/domain/visit.ts'
import { languages } from '../../src/domain/words.ts'
import type { PanelRoute } from '../../src/panels/browser/browser-panel.ts'
import { type BrowserPanel, openBrowserPanel } from '../../src/panels/browser/browser-panel.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Log } from '../../src/ports/log.ts'

/** Builds the pages into this folder; returns where they then are. */
export function buildPages(folder: string): string {
  const script = fileURLToPath(new URL('../../src/build.mjs', import.meta.url))
  execFileSync(process.execPath, [script, '--web-only', '--out', folder])
  return `${folder}/web`
}

export const rules: VisitRules = {
  correctionMs: 2000,
  togetherMs: 80,
  lockoutMs: 3000,
  thanksMs: 1500,
  askMs: 20_000,
  askLimitMs: 120_000,
  recordMs: 5000,
  faultMs: 5000,
  languageMs: 30_000,
  gestureMs: 10_000,
  gestureBriefMs: 2_000,
  asks: it2009.asks,
  reasons: it2009.reasons,
  languages,
}

/** Time as it is, for a browser that has no other. */
const realClock: Clock = {
  now: () => ({ wall: Date.now(), mono: performance.now(), synchronised: true }),
  alarm(at, ring) {
    const timer = setTimeout(ring, Math.max(0, at - performance.now()))
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  },
  onChange: () => ({ [Symbol.dispose]: () => {} }),
}

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** The real visit and the real panel around a journal that is done at once, or holds still, or fails. */
export class Kiosk implements AsyncDisposable {
  readonly panel: BrowserPanel
  readonly effects: VisitEffect[] = []
  journal: 'done' | 'still' | 'failing' = 'done'
  rules: VisitRules
  visit: Visit
  #alarm: Disposable | undefined

  constructor(panel: BrowserPanel, rules: VisitRules) {
    this.panel = panel
    this.rules = rules
    this.visit = firstVisit(rules)
    panel.keys.listen(({ key, edge }) => edge === 'down' && this.tell({ on: 'press', key }))
    this.#show()
  }

  tell(event: VisitEvent): void {
    const next = step(this.visit, event, performance.now(), this.rules)
    this.visit = next.visit
    this.effects.push(...next.effects)
    for (const effect of next.effects) this.#write(effect)
    this.#show()
  }

  /** Nobody there any more, with these rules. */
  reset(rules: VisitRules, service: Service = 'open'): void {
    this.rules = rules
    this.visit = firstVisit(rules, service)
    this.effects.length = 0
    this.journal = 'done'
    this.#show()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#alarm?.[Symbol.dispose]()
    await this.panel[Symbol.asyncDispose]()
  }

  #write(effect: VisitEffect): void {
    if (effect.do === 'settle' || this.journal === 'still') return
    const on = this.journal === 'done' ? 'recorded' : 'refused'
    queueMicrotask(() => this.tell({ on, visit: effect.visit }))
  }

  #show(): void {
    const now = scene(this.visit, it2009, this.rules)
    this.panel.lights.show(now.lights, now)
    this.panel.display.show(now)
    this.#alarm?.[Symbol.dispose]()
    const { until } = this.visit
    this.#alarm = until === undefined ? undefined : realClock.alarm(until, () => this.tell({ on: 'alarm' }))
  }
}

export async function openKiosk(options: {
  webRoot: string
  rules?: VisitRules
  port?: number
  extra?: PanelRoute[]
}): Promise<Kiosk> {
  const { webRoot, port = 0, extra = [] } = options
  const listen = { host: '127.0.0.1', port }
  const panel = await openBrowserPanel({ listen, clock: realClock, log: silent, webRoot, extra })
  return new Kiosk(panel, options.rules ?? rules)
}
