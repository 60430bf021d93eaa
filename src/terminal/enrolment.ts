import type { CertificateMessage, CertificateState, HealthMessage } from '../contract/schemas.ts'
import type { Topics } from '../contract/topics.ts'
import { type Instant, iso } from '../domain/time.ts'
import type { CertificateFacts, Certificates, Renewal } from '../ports/certificates.ts'
import { type Clock, pause } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { type Connection, UplinkError } from '../ports/uplink.ts'
import type { Answer, Request } from './commands.ts'

export interface EnrolmentOptions {
  topics: Topics
  certificates: Certificates
  clock: Clock
  log: Log
}

/** So long before its end a certificate is asked to be renewed. */
const expiringDays = 30
const dayMs = 86_400_000
/** Days pass, and somebody may bring a certificate by hand. */
const lookMs = 3_600_000
/** A renewed certificate is used at once: this ends the connection that the old one had. */
const renewed = 'connecting anew, with the new certificate'

/**
 * Says how the certificate is that the broker knows the terminal by, asks for the next one in time, and takes it
 * only after the broker has let somebody in who shows it: no certificate cuts the terminal off.
 */
export class Enrolment {
  readonly #options: EnrolmentOptions
  /** What this connection has been told last. */
  #said = ''
  /** The request, and the certificate that was in force when it was made. */
  #request: { besides: string | undefined; pem: string } | undefined
  /** Why the certificate that came last is not used, or none can be asked for. */
  #problem: string | undefined
  #busy = false
  #renew: () => void = () => {}

  constructor(options: EnrolmentOptions) {
    this.#options = options
  }

  /** Keeps the retained topic `certificate` right; rejects where a new connection is wanted. */
  async run(connection: Connection, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    this.#said = ''
    const renewal = new Promise<never>((_, reject) => {
      this.#renew = () => reject(new UplinkError('lost', renewed))
    })
    using _ = clock.onChange(() => void this.#tell(connection).catch(() => {}))
    await Promise.race([this.#everyHour(connection, signal), renewal])
  }

  async #everyHour(connection: Connection, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#tell(connection)
      await pause(this.#options.clock, lookMs, signal)
    }
  }

  /** For the health: how long the broker will still let us in. */
  async health(): Promise<HealthMessage['certificate']> {
    const { clock } = this.#options
    const status = statusOf(await this.#current(), clock.now())
    return { ...status, ...(this.#problem !== undefined && { problem: this.#problem }) }
  }

  /** The command `certificate`. */
  async take({ certificate }: Request): Promise<Answer> {
    const { certificates } = this.#options
    const { renewal } = certificates
    if (!renewal) return refused('broker.certificate in the settings names a file of its own; renew it there')
    if (typeof certificate !== 'string')
      return refused('`certificate` is missing; allowed is a certificate in PEM, as a text')
    if (this.#busy) return refused('another certificate is on trial; send it again in a minute')
    this.#busy = true
    try {
      return await this.#takeOver(certificate, renewal)
    } finally {
      this.#busy = false
    }
  }

  async #takeOver(pem: string, renewal: Renewal): Promise<Answer> {
    const { certificates, clock, log } = this.#options
    try {
      const facts = await renewal.stage(pem, clock.now())
      const reply = { notAfter: iso(facts.notAfter) }
      if (facts.fingerprint === (await certificates.current())?.fingerprint) {
        await renewal.discard()
        return { reply }
      }
      await this.#tryOut(renewal)
      await renewal.adopt()
      this.#problem = undefined
      log.info('certificate renewed', reply)
      return { reply, afterwards: () => this.#renew() }
    } catch (error) {
      await renewal.discard().catch(() => {})
      log.warn('certificate refused', { problem: error })
      return refused(this.#note(error))
    }
  }

  /** Nothing is changed before the broker has let somebody in who shows it. */
  async #tryOut({ trial }: Renewal): Promise<void> {
    try {
      await using _ = await trial.connect(undefined, new AbortController().signal)
    } catch (cause) {
      const { kind, message } = cause as UplinkError
      throw new UplinkError(kind, `the broker does not take it, so the one before stays: ${message}`, {
        cause,
      })
    }
  }

  async #tell(connection: Connection): Promise<void> {
    const { clock, topics, log } = this.#options
    const facts = await this.#current()
    const now = clock.now()
    const status = statusOf(facts, now)
    const request = status.state === 'good' ? undefined : await this.#requestBesides(facts)
    const what: Omit<CertificateMessage, 'at'> = {
      ...status,
      ...(facts && { subject: facts.subject, issuer: facts.issuer, fingerprint: facts.fingerprint }),
      ...(request !== undefined && { request }),
    }
    const said = JSON.stringify(what)
    if (said === this.#said) return
    this.#said = said
    const message: CertificateMessage = { at: iso(now.wall), ...what }
    try {
      await connection.publish({ topic: topics.certificate, payload: JSON.stringify(message), retain: true })
    } catch (error) {
      // A broker with older access rules still takes votes.
      if (!(error instanceof UplinkError && error.kind === 'refused')) throw error
      log.warn('report refused', { problem: error })
    }
  }

  /** The same request until another certificate is in force. */
  async #requestBesides(facts: CertificateFacts | undefined): Promise<string | undefined> {
    const { certificates, log } = this.#options
    const besides = facts?.fingerprint
    if (this.#request?.besides === besides && this.#request) return this.#request.pem
    try {
      const pem = await certificates.renewal?.request()
      if (pem !== undefined) this.#request = { besides, pem }
      return pem
    } catch (error) {
      this.#note(error)
      log.warn('no certificate can be asked for', { problem: error })
      return undefined
    }
  }

  /** A disk that does not give it costs the report, and not the connection. */
  async #current(): Promise<CertificateFacts | undefined> {
    try {
      return await this.#options.certificates.current()
    } catch (error) {
      this.#note(error)
      return undefined
    }
  }

  #note(error: unknown): string {
    this.#problem = error instanceof Error ? error.message : String(error)
    return this.#problem
  }
}

function refused(problem: string): Answer {
  return { reply: { ok: false, problem } }
}

/** A broker that lets us in has judged the dates better than we can without a clock. */
function statusOf(facts: CertificateFacts | undefined, { wall, synchronised }: Instant) {
  if (!facts) return { state: 'none' } as const
  const notAfter = iso(facts.notAfter)
  if (!synchronised) return { state: 'good', notAfter } as const
  const daysLeft = Math.max(0, Math.floor((facts.notAfter - wall) / dayMs))
  return { state: stateOf(facts.notAfter - wall), notAfter, daysLeft }
}

function stateOf(leftMs: number): CertificateState {
  if (leftMs <= 0) return 'expired'
  return leftMs <= expiringDays * dayMs ? 'expiring' : 'good'
}
