import * as v from 'valibot'
import { type AlertKind, type AlertMessage, alertKinds, alertSchema } from '../../contract/schemas.ts'
import { sourceOf, topicsOf } from '../../contract/topics.ts'
import { iso } from '../../domain/time.ts'
import { type Clock, pause } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { type Connection, type Incoming, UplinkError } from '../../ports/uplink.ts'
import type { AlertRules, Alerts, Change } from './alerts.ts'
import { alertText, changeText, type ManagersLanguage } from './words.ts'

export interface PublishAlertsOptions {
  alerts: Alerts
  rules: AlertRules
  language: ManagersLanguage
  topicRoot: string
  where?: string
  onChange?: (changes: readonly Change[]) => void
  clock: Clock
  log: Log
}

/** How often all terminals are looked at. */
const lookEveryMs = 5_000

/** Says on the `alert` topics, retained, what begins and what is over; and takes back what an earlier life said. */
export class PublishAlerts {
  readonly #options: PublishAlertsOptions
  /** What stands on a topic, as far as we know. */
  readonly #said = new Map<string, AlertMessage>()

  constructor(options: PublishAlertsOptions) {
    this.#options = options
  }

  /** Works for as long as the connection lasts. */
  async run(connection: Connection, signal: AbortSignal): Promise<void> {
    const { topicRoot, where = '+/+/+', clock } = this.#options
    this.#said.clear()
    await connection.subscribe(`${topicRoot}/${where}/alert/+`, (message) => this.#hear(message))
    while (!signal.aborted) {
      await pause(clock, lookEveryMs, signal)
      if (!signal.aborted) await this.#look(connection)
    }
  }

  async #look(connection: Connection): Promise<void> {
    const { alerts, rules, language, clock, log, onChange } = this.#options
    const changes = alerts.look(clock.now().wall)
    for (const change of changes) {
      const { source, alert, raised } = change
      log[raised ? 'warn' : 'info'](raised ? 'alert' : 'alert over', {
        source,
        alert,
        says: changeText(change, rules, language),
      })
    }
    if (changes.length > 0) onChange?.(changes)
    await Promise.all(this.#due(changes).map(([topic, message]) => this.#publish(connection, topic, message)))
  }

  /** What changed, what should stand there and does not, and what stands there from an earlier life. */
  #due(changes: readonly Change[]): [topic: string, message: AlertMessage][] {
    const { alerts, rules, language, topicRoot, clock } = this.#options
    const due = new Map<string, AlertMessage>()
    const topicOf = (source: string, kind: AlertKind) => topicsOf(topicRoot, source).alert(kind)
    for (const change of changes) {
      const { source, alert, raised, since } = change
      const says = changeText(change, rules, language)
      due.set(topicOf(source, alert), { alert, raised, since: iso(since), says })
    }
    const lasting = new Set<string>()
    for (const { source, since, finding } of alerts.raised) {
      const topic = topicOf(source, finding.alert)
      lasting.add(topic)
      if (this.#said.get(topic)?.raised === true) continue
      due.set(topic, {
        alert: finding.alert,
        raised: true,
        since: iso(since),
        says: alertText({ finding }, rules, language),
      })
    }
    for (const [topic, { alert, raised }] of this.#said) {
      if (!raised || lasting.has(topic) || due.has(topic)) continue
      const over = { source: '', alert, raised: false, since: clock.now().wall }
      due.set(topic, {
        alert,
        raised: false,
        since: iso(over.since),
        says: changeText(over, rules, language),
      })
    }
    return [...due]
  }

  async #publish(connection: Connection, topic: string, message: AlertMessage): Promise<void> {
    this.#said.set(topic, message)
    try {
      await connection.publish({ topic, payload: JSON.stringify(message), retain: true })
    } catch (error) {
      this.#said.delete(topic)
      if (!(error instanceof UplinkError && error.kind === 'refused')) throw error
      this.#options.log.warn('alert refused by the broker', { topic, problem: error })
    }
  }

  #hear({ topic, payload }: Incoming): void {
    const { topicRoot } = this.#options
    const [municipality = '', office = '', counter = '', , kind = ''] = topic
      .slice(topicRoot.length + 1)
      .split('/')
    const known = alertKinds.find((one) => one === kind)
    const message = parsed(payload)
    if (!known || message?.alert !== known) return
    this.#said.set(topicsOf(topicRoot, sourceOf({ municipality, office, counter })).alert(known), message)
  }
}

function parsed(payload: Uint8Array): AlertMessage | undefined {
  if (payload.length > 4_096) return undefined
  try {
    const checked = v.safeParse(alertSchema, JSON.parse(new TextDecoder().decode(payload)))
    return checked.success ? checked.output : undefined
  } catch {
    return undefined
  }
}
