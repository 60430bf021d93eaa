import type { Face } from '../../domain/words.ts'
import { type Clock, pause } from '../../ports/clock.ts'
import type { Answer, Route, Send } from '../../web/route.ts'
import type { AlertRules, Alerts } from '../alerts/alerts.ts'
import type { ManagersLanguage } from '../alerts/words.ts'
import type { Database } from '../database/database.ts'
import { localClock, plusDays } from '../report/calendar.ts'
import { renderHtml } from '../report/html/page.ts'
import { readReport } from '../report/read.ts'
import { alertsHtml, terminalsHtml } from './sections.ts'
import { liveTexts } from './texts.ts'

export interface LivePageOptions {
  database: Database
  alerts: Alerts
  rules: AlertRules
  language: ManagersLanguage
  timeZone: string
  /** Our drawing of a face, as an SVG element. */
  face: (face: Face) => string
  /** The report's style sheet; the built one unless given. */
  style?: string
  clock: Clock
}

/** How far back the figures reach, in days. */
const periods = { month: 30, week: 7, today: 1 } as const
type Period = keyof typeof periods

/** What a reader of the whole page has in front of it while a hundred votes come. */
const toldEveryMs = 2_000
/** The same page for all who ask within this time. */
const freshMs = 1_000
/** Votes below which nothing is said of a counter. */
const minimum = 30

/** The report of the last days, kept up to date: `/` is 30 days, `/week` 7, `/today` today. */
export class LivePage {
  readonly #options: LivePageOptions
  readonly #viewers = new Set<Send>()
  readonly #made = new Map<Period, { at: number; answer: Promise<Answer> }>()
  #telling = false
  #count = 0

  constructor(options: LivePageOptions) {
    this.#options = options
  }

  get routes(): Route[] {
    return [
      { path: '/', get: () => this.#page('month') },
      { path: '/week', get: () => this.#page('week') },
      { path: '/today', get: () => this.#page('today') },
      {
        path: '/live/events',
        stream: (send) => {
          this.#viewers.add(send)
          return { [Symbol.dispose]: () => void this.#viewers.delete(send) }
        },
      },
    ]
  }

  /** Something has changed: whoever looks is told, not more often than one can read. */
  async changed(signal: AbortSignal): Promise<void> {
    if (this.#telling) return
    this.#telling = true
    await pause(this.#options.clock, toldEveryMs, signal)
    this.#telling = false
    this.#count++
    for (const send of this.#viewers) send({ changed: this.#count })
  }

  #page(period: Period): Promise<Answer> {
    const now = this.#options.clock.now().mono
    const made = this.#made.get(period)
    if (made && now - made.at < freshMs) return made.answer
    const answer = this.#render(period)
    answer.catch(() => this.#made.delete(period))
    this.#made.set(period, { at: now, answer })
    return answer
  }

  async #render(period: Period): Promise<Answer> {
    const { database, alerts, rules, language, timeZone, face, style, clock } = this.#options
    const now = clock.now().wall
    const today = localClock(timeZone)(now).date
    const question = {
      period: { from: plusDays(today, 1 - periods[period]), to: today, timeZone },
      scope: {},
      minimum,
    }
    const [report, terminals, progress, quarantine] = await Promise.all([
      readReport(database, question, now),
      database.terminals(),
      database.progress(),
      database.quarantine(0),
    ])
    const some = { rules, language, now }
    const body = await renderHtml(report, {
      language,
      face,
      ...(style !== undefined && { style }),
      live: {
        navigation: navigation(period, language),
        alerts: alertsHtml(alerts.raised, quarantine.count, some),
        health: terminalsHtml(terminals, progress, some),
        script,
      },
    })
    return {
      status: 200,
      type: 'text/html; charset=utf-8',
      body,
      // The page itself says what it may load; this is what it cannot say.
      headers: { 'content-security-policy': "frame-ancestors 'none'; form-action 'none'" },
    }
  }
}

function navigation(current: Period, language: ManagersLanguage): string {
  const texts = liveTexts[language]
  const links = (Object.keys(periods) as Period[]).map((period) => {
    const here = period === current ? ' aria-current="page"' : ''
    return `<a href="/${period === 'month' ? '' : period}"${here}>${texts.periods[period]}</a>`
  })
  return `<nav aria-label="${texts.period}">${links.join(' ')}</nav>`
}

/** Takes the new page's content in place of the old, where the reader is; nothing moves unless it changed. */
const script = `
const events = new EventSource('/live/events')
let busy = false
events.onmessage = async () => {
  if (busy || document.hidden) return
  busy = true
  try {
    const answer = await fetch(location.pathname)
    if (!answer.ok) return
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const open = [...document.querySelectorAll('details[open][id]')].map(({ id }) => id)
    for (const part of ['header', 'main', 'footer']) {
      const before = document.querySelector(part)
      const after = fresh.querySelector(part)
      for (const section of after.querySelectorAll(':scope > *')) {
        const old = section.id && document.getElementById(section.id)
        if (old && old.innerHTML === section.innerHTML) section.replaceWith(old)
      }
      if (before.innerHTML !== after.innerHTML) before.replaceChildren(...after.childNodes)
    }
    for (const id of open) document.getElementById(id)?.setAttribute('open', '')
  } finally {
    busy = false
  }
}
document.addEventListener('visibilitychange', () => document.hidden || events.onmessage())
`
