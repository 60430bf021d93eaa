import { commissioningEvent } from '../contract/events.ts'
import type { CommissioningEvent } from '../contract/schemas.ts'
import { detached, toBeSigned } from '../contract/signature.ts'
import { iso } from '../domain/time.ts'
import { type Clock, pause } from '../ports/clock.ts'
import type { Check, Finding } from '../ports/examiner.ts'
import type { Log } from '../ports/log.ts'
import type { Signer } from '../ports/signer.ts'
import { examine } from './examine.ts'
import { idle, show } from './panel-check.ts'
import { lightsOf, type PanelTrialOptions, screenOf, tryPanel } from './panel-trial.ts'
import type { Presses } from './presses.ts'
import { aborted } from './within.ts'

export interface CommissioningOptions extends Omit<PanelTrialOptions, 'presses'> {
  by: CommissioningEvent['data']['by']
  presses: Presses
  /** Everything but the panel, in the order in which it can be mended; made anew for each time. */
  checks: () => readonly Check[]
  source: string
  version: string
  /** The computer. */
  board: string
  signer: () => Promise<Signer>
  /** Takes the record as soon as there is one: the outcome is still being shown then. */
  keep?: (record: CommissioningEvent) => Promise<void>
  log: Log
}

/** How long the panel may take; the checks have their own limit, of 40 s. */
const panelMs = 110_000
/** How long the outcome is shown, unless a key is pressed. */
const outcomeMs = 20_000

/**
 * The terminal looks at itself, shows what came of it, and signs it. Undefined where it was begun by the keys and
 * nobody answered: then it was no technician who held them, and there is nothing to say.
 */
export async function commission(options: CommissioningOptions): Promise<CommissioningEvent | undefined> {
  const { by, clock, checks, log, signal, panel } = options
  const began = clock.now()
  log.info('commissioning begins', { by })
  const trial = await tryPanel({ ...options, signal: limited(clock, panelMs, signal) })
  if (by === 'keys' && !trial.answered) {
    log.info('commissioning given up: nobody answered')
    return undefined
  }
  show(panel, { ...idle(options), screen: screenOf('Please wait', 'Network, broker, disk …') })
  const examined = await Promise.race([examine(checks(), clock, () => {}), aborted(signal)])
  if (!examined) return undefined
  const { findings } = examined
  const all = [...trial.findings, ...findings]
  report(all, log)
  const { keys, lights, display } = trial
  const facts = { ...options, by, began, findings: all, keys, lights, display }
  const [record] = await Promise.all([recorded(facts, options), showOutcome(all, options)])
  return record
}

/** Ends with the signal, or when the time is over. */
function limited(clock: Clock, ms: number, signal: AbortSignal): AbortSignal {
  const over = new AbortController()
  void pause(clock, ms, signal).then(() => over.abort())
  return AbortSignal.any([over.signal, signal])
}

function report(findings: readonly Finding[], log: Log): void {
  for (const { name, result, found, next } of findings) {
    const fields = { check: name, found, ...(next !== '' && { next }) }
    if (result === 'failed') log.error('commissioning: failed', fields)
    else if (result === 'warning') log.warn('commissioning: to be known', fields)
  }
  const failed = findings.filter(({ result }) => result === 'failed').length
  log.info('commissioning ends', { result: failed === 0 ? 'passed' : 'failed', failed })
}

/** Passed, or the first thing to mend; until a key is pressed. */
async function showOutcome(findings: readonly Finding[], options: CommissioningOptions): Promise<void> {
  const { panel, clock, presses, signal } = options
  const [first, ...more] = findings.filter(({ result }) => result === 'failed')
  const screen = first
    ? screenOf(
        `Failed: ${first.name}`,
        `${first.found}. ${first.next}${more.length > 0 ? ` (${more.length} more)` : ''}`,
      )
    : screenOf('Passed', 'The terminal is ready.')
  show(panel, { ...idle(options), lights: lightsOf(first === undefined), screen })
  await presses.next(clock, outcomeMs, signal)
}

async function recorded(
  facts: Facts,
  { keep }: CommissioningOptions,
): Promise<CommissioningEvent | undefined> {
  const record = await signed(facts)
  if (record) await keep?.(record)
  return record
}

interface Facts
  extends Pick<CommissioningEvent['data'], 'by' | 'keys' | 'lights' | 'display'>,
    Pick<CommissioningOptions, 'clock' | 'source' | 'version' | 'board' | 'panel' | 'signer' | 'log'> {
  began: { wall: number }
  findings: readonly Finding[]
}

/** The record with its signature; undefined where there is no key to sign with, which is said. */
async function signed(facts: Facts): Promise<CommissioningEvent | undefined> {
  const { began, clock, source, signer: open, log } = facts
  try {
    const signer = await open()
    const times = { startedAt: began.wall, endedAt: clock.now().wall }
    const event = commissioningEvent(source, dataOf(facts, signer), times)
    const { head, bytes } = toBeSigned(event, signer.fingerprint)
    return { ...event, signature: detached(head, await signer.sign(bytes)) }
  } catch (error) {
    log.error('commissioning not recorded: it cannot be signed', { problem: error })
    return undefined
  }
}

function dataOf(facts: Facts, { fingerprint, publicKey, certificate }: Signer): CommissioningEvent['data'] {
  const { by, began, clock, findings, keys, lights, display, version, board, panel } = facts
  const { kty, crv, x, y } = publicKey as CommissioningEvent['data']['key']['jwk']
  return {
    by,
    startedAt: iso(began.wall),
    clock: clock.now().synchronised ? 'synchronised' : 'unknown',
    result: findings.some(({ result }) => result === 'failed') ? 'failed' : 'passed',
    checks: findings.map(({ next, ...told }) => ({
      name: told.name,
      result: told.result,
      found: told.found,
      ...(next !== '' && { next }),
    })),
    keys,
    lights,
    display,
    version,
    board,
    panel: panel.name,
    key: { fingerprint, jwk: { kty, crv, x, y }, ...(certificate !== undefined && { certificate }) },
  }
}
