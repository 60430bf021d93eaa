import { heldTogether } from '../domain/gesture.ts'
import {
  type Edge,
  type Filter,
  type FilterRules,
  filterDeadline,
  filterEdge,
  filterTime,
  stuckKeys,
  type Verdict,
} from '../domain/press-filter.ts'
import { type Notice, type Scene, scene, withNotice } from '../domain/scene.ts'
import type { Survey } from '../domain/survey.ts'
import type { Instant, MonoMs } from '../domain/time.ts'
import {
  firstVisit,
  type Service,
  step,
  type Visit,
  type VisitEffect,
  type VisitEvent,
  type VisitRules,
} from '../domain/visit.ts'
import { isFace, type Key } from '../domain/words.ts'
import type { Clock } from '../ports/clock.ts'
import type { Journal } from '../ports/journal.ts'
import type { Log } from '../ports/log.ts'
import type { Panel } from '../ports/panel.ts'
import type { KioskCondition } from './diagnosis.ts'
import { noticeMs } from './refusal.ts'
import { VisitWriter } from './visit-writer.ts'

export interface KioskOptions {
  panel: Panel
  survey: Survey
  visitRules: VisitRules
  filterRules: FilterRules
  /** Whether the office is open; undefined when that cannot be known. */
  isOpen: (now: Instant) => boolean | undefined
  /** Whether votes are taken outside the opening hours too, and only marked. */
  openOutsideHours: boolean
  /** What a technician has to read first: shown while nobody is there, until somebody presses a key. */
  notice?: Notice
  clock: Clock
  log: Log
  /** A technician wants the terminal to look at itself. */
  onGesture?: () => void
}

/** Opening hours have whole minutes, and a clock may step: so they are looked at once a minute. */
const hoursMs = 60_000

/**
 * The shell around the visit: brings it presses and the passing of time, writes what it wants written,
 * shows its scene. All decisions are in `domain/`.
 */
export class Kiosk implements Disposable {
  readonly #options: KioskOptions
  readonly #listeners = new Set<() => void>()
  #journal: Journal | undefined
  #visit: Visit
  #filter: Filter = {}
  #writers = new Map<number, VisitWriter>()
  /** When the visits so far have written everything. */
  #written: Promise<void> = Promise.resolve()
  #shown = ''
  #alarm: { at: MonoMs; alarm: Disposable } | undefined
  #hoursAlarm: { at: MonoMs; alarm: Disposable } | undefined
  /** When each of the writes began that are under way. */
  readonly #writing = new Set<{ since: MonoMs }>()
  readonly #watches: Disposable[] = []
  #ignored = 0
  #identifyUntil: MonoMs | undefined
  #notice: (Notice & { until: MonoMs }) | undefined
  #together = false
  /** Who has the panel while the kiosk is out of service. */
  #borrower: ((key: Key) => void) | undefined
  #disposed = false

  constructor(options: KioskOptions) {
    this.#options = options
    this.#visit = firstVisit(options.visitRules, 'fault')
  }

  /** Begins to listen to the keys. Until a journal is attached the panel is out of service. */
  start(): void {
    const { panel, clock, notice } = this.#options
    if (notice) this.#notice = { ...notice, until: clock.now().mono + noticeMs }
    panel.keys.listen((edge) => this.#edge(edge))
    this.#watches.push(
      clock.onChange(() => this.#lookAtHours()),
      panel.keys.onCondition(() => this.#panelChanged()),
      panel.lights.onCondition(() => this.#tell()),
      panel.display.onCondition(() => this.#tell()),
    )
    this.#lookAtHours()
    this.#show()
  }

  /** From now on votes can be kept, or no more. */
  attach(journal: Journal | undefined): void {
    this.#journal = journal
    this.#lookAtHours()
  }

  /** Shows for a while which terminal this is. */
  identify(forMs: number): void {
    this.#identifyUntil = this.#options.clock.now().mono + forMs
    this.#show()
    this.#setAlarm()
  }

  /**
   * Leaves lights and display to somebody else, and every press, until it is disposed of. No votes are taken
   * meanwhile.
   */
  lend(press: (key: Key) => void): Disposable {
    this.#borrower = press
    this.#lookAtHours()
    return {
      [Symbol.dispose]: () => {
        this.#borrower = undefined
        this.#shown = ''
        this.#lookAtHours()
        if (!this.#disposed) this.#show()
      },
    }
  }

  /** Calls when a key gets stuck or comes free, or a part of the panel breaks or works again. */
  onCondition(listener: () => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  /** The keys that are ignored until they are released, or have come to rest. */
  get stuck(): Key[] {
    return stuckKeys(this.#filter)
  }

  /** Presses since the start that could not count. */
  get ignored(): number {
    return this.#ignored
  }

  /** Whether it does what is due, and whether the disk does. */
  get condition(): KioskCondition {
    const now = this.#options.clock.now().mono
    const due = Math.min(this.#deadline(), this.#hoursAlarm?.at ?? Number.POSITIVE_INFINITY)
    const oldest = [...this.#writing][0]?.since ?? now
    return {
      at: this.#borrower ? 'lent' : this.scene.at,
      overdueMs: Math.max(0, now - due),
      writingMs: now - oldest,
      stuck: this.stuck,
    }
  }

  get scene(): Scene {
    const { survey } = this.#options
    const shown = scene(this.#visit, survey, this.#rules)
    return {
      ...(this.#notice ? withNotice(shown, this.#notice) : shown),
      ...(this.#identifyUntil !== undefined && { identify: true }),
    }
  }

  /** What the panel can do decides what can be asked: nothing without a display that works. */
  get #rules(): VisitRules {
    const { panel, visitRules } = this.#options
    return panel.display.condition().is === 'good' ? visitRules : { ...visitRules, asks: [] }
  }

  #panelChanged(): void {
    this.#lookAtHours()
    this.#tell()
  }

  #edge(edge: Edge): void {
    if (this.#disposed) return
    const { filter, verdicts } = filterEdge(this.#filter, edge, this.#options.filterRules)
    this.#filter = filter
    this.#obey(verdicts)
    this.#lookAtGesture()
    this.#setAlarm()
  }

  #lookAtGesture(): void {
    const since = heldTogether(this.#filter)
    const together = since !== undefined
    if (together === this.#together) return
    this.#together = together
    if (!since) this.#dispatch({ on: 'apart' })
    else if (!this.#borrower) this.#dispatch({ on: 'together', since })
  }

  #obey(verdicts: Verdict[]): void {
    const { log } = this.#options
    for (const verdict of verdicts) {
      const { key } = verdict
      switch (verdict.say) {
        case 'press':
          this.#press(key, verdict.repeat)
          break
        case 'ignored':
          if (verdict.why === 'stuck') this.#ignored++
          break
        case 'stuck':
          log.warn('key stuck', { key, why: verdict.why })
          this.#tell()
          break
        case 'unstuck':
          log.info('key free again', { key })
          this.#tell()
      }
    }
  }

  #press(key: Key, repeat: boolean): void {
    this.#notice = undefined
    if (this.#borrower) {
      if (!repeat) this.#borrower(key)
      return
    }
    this.#dispatch({ on: 'press', key, ...(repeat && { repeat }) })
    const { at } = this.#visit
    // A face that counts, or is suppressed, leaves a visit under way.
    if (isFace(key) && (at === 'idle' || at === 'closed' || at === 'fault')) this.#ignored++
  }

  #dispatch(event: VisitEvent): void {
    if (this.#disposed) return
    const { clock } = this.#options
    const { visit, effects } = step(this.#visit, event, clock.now().mono, this.#rules)
    this.#visit = visit
    // The light answers the finger before the disk is asked.
    this.#show()
    for (const effect of effects) this.#carryOut(effect)
    this.#setAlarm()
  }

  #carryOut(effect: VisitEffect): void {
    const { clock, isOpen } = this.#options
    const { visit } = effect
    const now = clock.now()
    if (effect.do === 'record') {
      // No visit begins without a journal: the service is a fault then.
      const { face, asks, language } = effect
      const withinHours = isOpen(now)
      const press = { face, asks, language, ...(withinHours !== undefined && { withinHours }), at: now }
      const writer = new VisitWriter(this.#journal!, press, this.#written)
      this.#writers.set(visit, writer)
      this.#report(visit, writer.recorded)
    } else if (effect.do === 'amend') {
      this.#report(visit, this.#writers.get(visit)!.amend(effect.change, now))
    } else if (effect.do === 'withdraw') {
      this.#report(visit, this.#writers.get(visit)!.withdraw())
    } else if (effect.do === 'settle') {
      this.#written = this.#writers.get(visit)!.settle()
      this.#writers.delete(visit)
    } else this.#options.onGesture?.()
  }

  #report(visit: number, written: Promise<unknown>): void {
    const write = { since: this.#options.clock.now().mono }
    this.#writing.add(write)
    const over = () => void this.#writing.delete(write)
    written.then(over, over)
    written.then(
      () => this.#dispatch({ on: 'recorded', visit }),
      (error) => {
        this.#options.log.error('vote refused', { visit, problem: error })
        this.#dispatch({ on: 'refused', visit })
      },
    )
  }

  #lookAtHours(): void {
    if (this.#disposed) return
    const { clock } = this.#options
    this.#hoursAlarm?.alarm[Symbol.dispose]()
    const now = clock.now()
    const at = now.mono + hoursMs - (now.wall % hoursMs)
    this.#hoursAlarm = { at, alarm: clock.alarm(at, () => this.#lookAtHours()) }
    this.#dispatch({ on: 'service', service: this.#service(now) })
  }

  #service(now: Instant): Service {
    const { isOpen, openOutsideHours } = this.#options
    // Who cannot press should not be asked to.
    if (this.#borrower || !this.#journal || this.#options.panel.keys.condition().is !== 'good') return 'fault'
    return isOpen(now) === false && !openOutsideHours ? 'closed' : 'open'
  }

  #show(): void {
    if (this.#borrower) return
    const { panel } = this.#options
    const scene = this.scene
    const text = JSON.stringify(scene)
    if (text === this.#shown) return
    this.#shown = text
    panel.lights.show(scene.lights, scene)
    panel.display.show(scene)
  }

  /** One alarm for whatever is next: the visit's own end, a key's, the end of identifying. */
  #setAlarm(): void {
    if (this.#disposed) return
    const { clock } = this.#options
    const at = this.#deadline()
    if (this.#alarm?.at === at) return
    this.#alarm?.alarm[Symbol.dispose]()
    this.#alarm =
      at === Number.POSITIVE_INFINITY ? undefined : { at, alarm: clock.alarm(at, () => this.#ring()) }
  }

  #deadline(): MonoMs {
    const { filterRules } = this.#options
    const others = [this.#identifyUntil, this.#notice?.until]
    const deadlines = [this.#visit.until, filterDeadline(this.#filter, filterRules), ...others]
    return Math.min(...deadlines.map((deadline) => deadline ?? Number.POSITIVE_INFINITY))
  }

  #ring(): void {
    const { clock, filterRules } = this.#options
    const now = clock.now().mono
    this.#alarm = undefined
    if (this.#identifyUntil !== undefined && now >= this.#identifyUntil) this.#identifyUntil = undefined
    if (this.#notice && now >= this.#notice.until) this.#notice = undefined
    const { filter, verdicts } = filterTime(this.#filter, now, filterRules)
    this.#filter = filter
    this.#obey(verdicts)
    // A gesture is complete before it can be let go in the same moment.
    this.#dispatch({ on: 'alarm' })
    this.#lookAtGesture()
    this.#setAlarm()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Takes no more presses; what is being written ends by itself. */
  [Symbol.dispose](): void {
    this.#disposed = true
    this.#alarm?.alarm[Symbol.dispose]()
    this.#hoursAlarm?.alarm[Symbol.dispose]()
    for (const watch of this.#watches) watch[Symbol.dispose]()
    this.#listeners.clear()
    // A visit that is interrupted by a stop is settled at the next start, as after a power cut.
  }
}
