import { steer } from './steering.ts'
import type { MonoMs } from './time.ts'
import type { Change } from './vote.ts'
import {
  type Face,
  isFace,
  type Key,
  type Language,
  type Outcome,
  type Reason,
  reasonIndex,
} from './words.ts'

/**
 * The visit: the short conversation with one citizen, from the first press to the end of the thank-you.
 * A pure state machine: it says what has to be written (`effects`), the kiosk writes it. It never speaks
 * to lights or displays; what the citizen sees is `scene(visit, …)`.
 */

export interface VisitRules {
  /** A press on another face within this time of the first replaces the face of the same vote. */
  correctionMs: number
  /** Two faces pressed closer than this were pressed together, with one hand: the first one counts. */
  togetherMs: number
  /** From the last press that counted until the next citizen's may. */
  lockoutMs: number
  /** The shortest thank-you, where the disk took so long that the lock-out is over. */
  thanksMs: number
  /** How long the reasons are offered; each touch starts it anew … */
  askMs: number
  /** … up to this, so that a leaning elbow does not keep the question for ever. */
  askLimitMs: number
  /** How long the disk may take before the citizen is told that the vote is not safe. */
  recordMs: number
  /** How long that is shown. */
  faultMs: number
  /** A language that somebody chose and left goes back to the first one after this. */
  languageMs: number
  asks: readonly Face[]
  reasons: readonly Reason[]
  /** The panel has no keys beside the reasons: the faces move through them. */
  steered?: boolean
  /** Offered in this order; the first is the panel's own. */
  languages: readonly [Language, ...Language[]]
}

/** Whether votes are taken: `closed` outside the opening hours, `fault` when the journal cannot be had. */
export type Service = 'open' | 'closed' | 'fault'

/** The vote in hand. */
export interface Draft {
  /** Counts the visits since the start; tells late answers of the disk apart. */
  visit: number
  face: Face
  pressedAt: MonoMs
  /** Until when further presses are counted as suppressed, at least. */
  lockedUntil: MonoMs
  suppressed: number
  /** How many of the suppressed have been written. */
  suppressedWritten: number
  /** Whether the press itself is on the disk: from then on the vote counts, whatever fails. */
  kept: boolean
  /** How asking ended, once it has. */
  answer?: Outcome
}

interface Standing {
  language: Language
  service: Service
  /** How many visits there were since the start. */
  visits: number
}

/** `until` is always the moment at which the state ends by itself. */
export type Visit = Standing &
  (
    | { at: 'idle'; until?: MonoMs }
    | { at: 'recording'; draft: Draft; writing: number; until: MonoMs }
    /** `chosen`: the place of the reason that would be taken now, skip the last, where faces steer. */
    | { at: 'asking'; draft: Draft; limit: MonoMs; until: MonoMs; chosen?: number }
    | { at: 'thanking'; draft: Draft; until: MonoMs }
    | { at: 'closed'; until?: MonoMs }
    | { at: 'fault'; why: 'not-recorded'; until: MonoMs }
    /** The vote counts, but what was to join it could not be kept. */
    | { at: 'fault'; why: 'not-changed'; until: MonoMs }
    | { at: 'fault'; why: 'out-of-service'; until?: MonoMs }
  )

export type VisitEvent =
  /** `repeat`: by its rhythm no new intention (see the press filter); it never begins a visit. */
  | { on: 'press'; key: Key; repeat?: boolean }
  /** One write of this visit is on the disk. */
  | { on: 'recorded'; visit: number }
  /** One write of this visit failed. */
  | { on: 'refused'; visit: number }
  | { on: 'service'; service: Service }
  | { on: 'alarm' }

export type VisitEffect =
  | { do: 'record'; visit: number; face: Face; asks: boolean; language: Language }
  | { do: 'amend'; visit: number; change: Change }
  /** Nothing more will join this vote: it may be published. */
  | { do: 'settle'; visit: number }

export interface Step {
  visit: Visit
  effects: VisitEffect[]
}

/** Where everything starts: nobody there, in the panel's own language. */
export function firstVisit(rules: VisitRules, service: Service = 'open'): Visit {
  return rest({ language: rules.languages[0], service, visits: 0 }, rules)
}

/** One event later. A state whose time is over ends first, whether or not its alarm has rung yet. */
export function step(visit: Visit, event: VisitEvent, now: MonoMs, rules: VisitRules): Step {
  if (visit.until === undefined || now < visit.until) return react(visit, event, now, rules)
  const expired = expire(visit, now, rules)
  const reacted = react(expired.visit, event, now, rules)
  return { visit: reacted.visit, effects: [...expired.effects, ...reacted.effects] }
}

function expire(visit: Visit, now: MonoMs, rules: VisitRules): Step {
  switch (visit.at) {
    case 'recording':
      return refuse(visit, visit.draft, now, rules)
    case 'asking':
      return answer(visit, { outcome: 'timed-out' }, now, rules)
    case 'thanking':
      return { visit: rest(visit, rules), effects: finish(visit.draft) }
    case 'idle':
    case 'closed':
    case 'fault':
      return quiet(rest(visit, rules))
  }
}

function react(visit: Visit, event: VisitEvent, now: MonoMs, rules: VisitRules): Step {
  switch (event.on) {
    case 'press':
      return press(visit, event.key, event.repeat === true, now, rules)
    case 'recorded':
      return recorded(visit, event.visit, now, rules)
    case 'refused':
      if (visit.at !== 'recording' || visit.draft.visit !== event.visit) return quiet(visit)
      return refuse(visit, visit.draft, now, rules)
    case 'service':
      return quiet(serve(visit, event.service, rules))
    case 'alarm':
      return quiet(visit)
  }
}

function press(visit: Visit, key: Key, repeat: boolean, now: MonoMs, rules: VisitRules): Step {
  if (isFace(key)) return pressFace(visit, key, repeat, now, rules)
  if (key === 'language' && !repeat) return quiet(nextLanguage(visit, now, rules))
  if (visit.at !== 'asking') return quiet(visit)
  if (key === 'skip' && !repeat) return answer(visit, { outcome: 'skipped' }, now, rules)
  const reason = repeat ? undefined : rules.reasons[reasonIndex(key)]
  return reason
    ? answer(visit, { reason, outcome: 'selected' }, now, rules)
    : quiet(extend(visit, now, rules))
}

function pressFace(visit: Visit, face: Face, repeat: boolean, now: MonoMs, rules: VisitRules): Step {
  switch (visit.at) {
    case 'closed':
    case 'fault':
      return quiet(visit)
    case 'idle':
      return repeat ? quiet(visit) : begin(visit, face, now, rules)
    case 'recording':
    case 'asking':
    case 'thanking': {
      if (!repeat && corrects(visit.draft, face, now, rules)) return correct(visit, face, now, rules)
      if (visit.at === 'asking' && visit.chosen !== undefined && !repeat) {
        return steered(visit, visit.chosen, face, now, rules)
      }
      const draft = { ...visit.draft, suppressed: visit.draft.suppressed + 1 }
      return quiet(visit.at === 'asking' ? extend({ ...visit, draft }, now, rules) : { ...visit, draft })
    }
  }
}

function begin(standing: Standing, face: Face, now: MonoMs, rules: VisitRules): Step {
  const number = standing.visits + 1
  const draft: Draft = {
    visit: number,
    face,
    pressedAt: now,
    lockedUntil: now + rules.lockoutMs,
    suppressed: 0,
    suppressedWritten: 0,
    kept: false,
  }
  const { language } = standing
  return {
    visit: recording({ ...standing, visits: number }, draft, 1, now, rules),
    effects: [{ do: 'record', visit: number, face, asks: rules.asks.includes(face), language }],
  }
}

function corrects(draft: Draft, face: Face, now: MonoMs, rules: VisitRules): boolean {
  const since = now - draft.pressedAt
  const lastCounted = draft.lockedUntil - rules.lockoutMs
  const inWindow = now - lastCounted >= rules.togetherMs && since < rules.correctionMs
  return inWindow && face !== draft.face && draft.answer === undefined
}

function correct(visit: Visit & { draft: Draft }, face: Face, now: MonoMs, rules: VisitRules): Step {
  const draft = { ...visit.draft, face, lockedUntil: now + rules.lockoutMs }
  const writing = visit.at === 'recording' ? visit.writing + 1 : 1
  const change: Change = { face, asks: rules.asks.includes(face), corrected: true }
  return {
    visit: recording(visit, draft, writing, now, rules),
    effects: [{ do: 'amend', visit: draft.visit, change }],
  }
}

/** How asking ended joins the vote, and the thank-you waits for it as it waited for the press. */
function answer(
  visit: Visit & { draft: Draft },
  given: { outcome: Outcome; reason?: Reason },
  now: MonoMs,
  rules: VisitRules,
): Step {
  const { suppressed } = visit.draft
  const lockedUntil = given.outcome === 'timed-out' ? visit.draft.lockedUntil : now + rules.lockoutMs
  const draft = { ...visit.draft, lockedUntil, answer: given.outcome, suppressedWritten: suppressed }
  const change: Change = { ...given, language: visit.language, ...(suppressed > 0 && { suppressed }) }
  return {
    visit: recording(visit, draft, 1, now, rules),
    effects: [{ do: 'amend', visit: draft.visit, change }],
  }
}

/** The faces move through the reasons, and skip behind them. */
function steered(
  visit: Visit & { at: 'asking' },
  chosen: number,
  face: Face,
  now: MonoMs,
  rules: VisitRules,
): Step {
  const next = steer(chosen, rules.reasons.length + 1, face)
  if (next !== 'taken') return quiet(extend({ ...visit, ...next }, now, rules))
  const reason = rules.reasons[chosen]
  return answer(visit, reason ? { reason, outcome: 'selected' } : { outcome: 'skipped' }, now, rules)
}

function recorded(visit: Visit, number: number, now: MonoMs, rules: VisitRules): Step {
  if (visit.at !== 'recording' || visit.draft.visit !== number) return quiet(visit)
  const draft = { ...visit.draft, kept: true }
  if (visit.writing > 1) return quiet({ ...visit, draft, writing: visit.writing - 1 })
  if (draft.answer === undefined && rules.asks.includes(draft.face)) {
    const limit = now + rules.askLimitMs
    return quiet({
      ...standing(visit),
      at: 'asking',
      draft,
      limit,
      until: Math.min(limit, now + rules.askMs),
      ...(rules.steered && { chosen: 0 }),
    })
  }
  const until = Math.max(draft.lockedUntil, now + rules.thanksMs)
  return quiet({ ...standing(visit), at: 'thanking', draft, until })
}

/** The disk took too long, or said no. Who is asked to try again must not have a vote that counts already. */
function refuse(from: Standing, draft: Draft, now: MonoMs, rules: VisitRules): Step {
  const why = draft.kept ? 'not-changed' : 'not-recorded'
  return {
    visit: { ...standing(from), at: 'fault', why, until: now + rules.faultMs },
    effects: finish(draft),
  }
}

function finish(draft: Draft): VisitEffect[] {
  const { visit, suppressed } = draft
  const settle: VisitEffect = { do: 'settle', visit }
  if (suppressed === draft.suppressedWritten) return [settle]
  return [{ do: 'amend', visit, change: { suppressed } }, settle]
}

function serve(visit: Visit, service: Service, rules: VisitRules): Visit {
  if (visit.service === service) return visit
  const resting =
    visit.at === 'idle' || visit.at === 'closed' || (visit.at === 'fault' && visit.why === 'out-of-service')
  return resting ? rest({ ...visit, service }, rules) : { ...visit, service }
}

function nextLanguage(visit: Visit, now: MonoMs, rules: VisitRules): Visit {
  const { languages } = rules
  const language = languages[(languages.indexOf(visit.language) + 1) % languages.length]!
  switch (visit.at) {
    case 'asking':
      return extend({ ...visit, language }, now, rules)
    case 'recording':
    case 'thanking':
      return { ...visit, language }
    case 'fault':
      if (visit.why !== 'out-of-service') return { ...visit, language }
      return { ...visit, language, until: now + rules.languageMs }
    case 'idle':
    case 'closed':
      return { ...visit, language, until: now + rules.languageMs }
  }
}

function extend(visit: Visit & { at: 'asking' }, now: MonoMs, rules: VisitRules): Visit {
  return { ...visit, until: Math.min(visit.limit, now + rules.askMs) }
}

/** Between two citizens: the panel's own language again, and open, closed or out of service. */
function rest(from: Standing, rules: VisitRules): Visit {
  const next = { ...standing(from), language: rules.languages[0] }
  switch (next.service) {
    case 'open':
      return { ...next, at: 'idle' }
    case 'closed':
      return { ...next, at: 'closed' }
    case 'fault':
      return { ...next, at: 'fault', why: 'out-of-service' }
  }
}

function recording(from: Standing, draft: Draft, writing: number, now: MonoMs, rules: VisitRules): Visit {
  return { ...standing(from), at: 'recording', draft, writing, until: now + rules.recordMs }
}

function standing({ language, service, visits }: Standing): Standing {
  return { language, service, visits }
}

function quiet(visit: Visit): Step {
  return { visit, effects: [] }
}
