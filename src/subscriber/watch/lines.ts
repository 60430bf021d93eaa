import type { CommissioningEvent, HealthMessage, VoteEvent } from '../../contract/schemas.ts'
import type { WallMs } from '../../domain/time.ts'
import type { Face } from '../../domain/words.ts'
import { completenessText } from '../completeness.ts'
import type { Watched } from './board.ts'

/** What is shown of a terminal in a row of the table. */
export const columns = [
  'terminal',
  'state',
  'votes',
  'last vote',
  'received',
  'waiting',
  'health',
  'commissioned',
] as const

/** A terminal as a row of the table. */
export function rowOf(terminal: Watched, now: WallMs): string[] {
  const { source, state, health, lastVote, votes, completeness, commissioning } = terminal
  return [
    nameText(source),
    state ? `${state.state} ${since(Date.parse(state.since), now)}` : '?',
    String(votes),
    lastVote ? `${since(Date.parse(lastVote.time), now)} ${lastVote.data.face}` : '–',
    completeness ? completenessText(completeness) : '–',
    health ? queueText(health) : '–',
    health ? healthText(health) : '–',
    commissioning ? commissioningText(commissioning) : '–',
  ]
}

/** A vote as a line: when, where, which face and why. */
export function voteLine({ time, source, data }: VoteEvent): string {
  const clock = data.clock === 'synchronised' ? '' : ` (clock ${data.clock})`
  const about = [
    data.reason ?? (data.outcome === 'not-asked' ? '' : data.outcome),
    data.language,
    data.suppressed > 0 ? `${data.suppressed} presses suppressed` : '',
    data.corrected ? 'corrected' : '',
  ].filter((part) => part !== '')
  return `${time}${clock}  ${nameText(source)}  #${data.sequence}  ${data.face}  ${about.join(', ')}`
}

function nameText(source: string): string {
  return source.replace('faccina://', '')
}

/** Green, yellow, red; for a terminal that shows colours. */
export const colours: Record<Face, string> = {
  satisfied: '\u001b[32m',
  neutral: '\u001b[33m',
  dissatisfied: '\u001b[31m',
}

function queueText({ queue }: HealthMessage): string {
  if (queue.votes === 0) return '0'
  const age = queue.oldestAgeSeconds
  return age === undefined ? String(queue.votes) : `${queue.votes} (${span(age * 1000)})`
}

/** What is wrong, in words; `good` if nothing is. */
export function healthText(health: HealthMessage): string {
  const { clock, disk, keys, lights, display, underVoltage } = health
  const part = (name: string, { is }: { is: string }) => (is === 'broken' ? `${name} broken` : '')
  const problems = [
    disk.writable ? '' : 'disk not writable',
    part('keys', keys),
    keys.stuck.length > 0 ? `${keys.stuck.join(', ')} stuck` : '',
    part('lights', lights),
    part('display', display),
    clock === 'synchronised' ? '' : 'clock unknown',
    underVoltage === true ? 'under-voltage' : '',
  ].filter((problem) => problem !== '')
  return problems.length === 0 ? 'good' : problems.join('; ')
}

/** When it looked at itself, and what it found first that was wrong. */
function commissioningText({ time, data }: CommissioningEvent): string {
  const failed = data.checks.filter(({ result }) => result === 'failed')
  const [first] = failed
  const what = first ? `${failed.length} failed: ${first.name}` : data.result
  return `${time.slice(0, 10)} ${what}`
}

function since(then: WallMs, now: WallMs): string {
  return now - then < 1_000 ? 'now' : span(now - then)
}

function span(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`
  return `${Math.round(seconds / 86_400)} d`
}
