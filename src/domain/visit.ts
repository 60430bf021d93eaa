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
  /** The two outer faces held together so long are a technician's gesture … */
  gestureMs: number
  /** … and from here on it is said what comes of it; a hand that fell on two keys has gone by then. */
  gestureBriefMs: number
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
    /** Both outer faces are held: whatever else would happen waits. `draft`: the vote that this began, if any. */
    | ({ at: 'held' } & Held)
    /** It was the gesture: its vote is being taken back. */
    | { at: 'withdrawing'; draft: Draft; writing: number; until: MonoMs }
    | { at: 'closed'; until?: MonoMs }
    | { at: 'fault'; why: 'not-recorded'; until: MonoMs }
    /** The vote counts, but what was to join it could not be kept. */
    | { at: 'fault'; why: 'not-changed'; until: MonoMs }
    | { at: 'fault'; why: 'out-of-service'; until?: MonoMs }
  )

/** `brief`: it may still be a hand that fell on two keys, and looks like any press. */
interface Held {
  phase: 'brief' | 'long'
  since: MonoMs
  until: MonoMs
  draft?: Draft
  writing: number
}

export type VisitEvent =
  /** `repeat`: by its rhythm no new intention (see the press filter); it never begins a visit. */
  | { on: 'press'; key: Key; repeat?: boolean }
  /** One write of this visit is on the disk. */
  | { on: 'recorded'; visit: number }
  /** One write of this visit failed. */
  | { on: 'refused'; visit: number }
  | { on: 'service'; service: Service }
  /** Both outer faces are pressed, each since then; `apart`: not any more. */
  | { on: 'together'; since: readonly MonoMs[] }
  | { on: 'apart' }
  | { on: 'alarm' }

export type VisitEffect =
  | { do: 'record'; visit: number; face: Face; asks: boolean; language: Language }
  | { do: 'amend'; visit: number; change: Change }
  /** Nothing more will join this vote: it may be published. */
  | { do: 'settle'; visit: number }
  /** The vote was none. Its outcome is told as that of any write. */
  | { do: 'withdraw'; visit: number }
  /** The technician's gesture is complete. */
  | { do: 'commission'; visit: number }

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
    case 'held':
      return holdOn(visit, now, rules)
    case 'withdrawing':
      return handOver(visit, rules)
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
      return refused(visit, event.visit, now, rules)
    case 'service':
      return quiet(serve(visit, event.service, rules))
    case 'together':
      return quiet(hold(visit, event.since, now, rules))
    case 'apart':
      return quiet(visit.at === 'held' ? letGo(visit, now, rules) : visit)
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
    case 'withdrawing':
      return quiet(visit)
    case 'held': {
      const { draft } = visit
      return quiet(draft ? { ...visit, draft: { ...draft, suppressed: draft.suppressed + 1 } } : visit)
    }
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
  if (!isWriting(visit) || visit.draft?.visit !== number) return quiet(visit)
  const draft = { ...visit.draft, kept: true }
  const writing = visit.writing - 1
  if (visit.at === 'withdrawing' && writing === 0) return handOver(visit, rules)
  if (visit.at !== 'recording' || writing > 0) return quiet({ ...visit, draft, writing } as Visit)
  return quiet(written(visit, draft, now, rules))
}

type Writing = Visit & { at: 'recording' | 'held' | 'withdrawing' }

function isWriting(visit: Visit): visit is Writing {
  const may = visit.at === 'recording' || visit.at === 'held' || visit.at === 'withdrawing'
  return may && visit.writing > 0
}

/** Everything so far is on the disk: what remains is to ask, or to thank. */
function written(from: Standing, draft: Draft, now: MonoMs, rules: VisitRules): Visit {
  if (draft.answer === undefined && rules.asks.includes(draft.face)) {
    const limit = now + rules.askLimitMs
    return {
      ...standing(from),
      at: 'asking',
      draft,
      limit,
      until: Math.min(limit, now + rules.askMs),
      ...(rules.steered && { chosen: 0 }),
    }
  }
  const until = Math.max(draft.lockedUntil, now + rules.thanksMs)
  return { ...standing(from), at: 'thanking', draft, until }
}

function refused(visit: Visit, number: number, now: MonoMs, rules: VisitRules): Step {
  if (!isWriting(visit) || visit.draft?.visit !== number) return quiet(visit)
  // What cannot be taken back counts; the technician is there all the same.
  if (visit.at === 'withdrawing') return handOver(visit, rules)
  return refuse(visit, visit.draft, now, rules)
}

/** The contact's own time may differ from ours by less than this. */
const sameMs = 500

/**
 * Both outer faces are held. The vote that one of them began waits; one that somebody gave before does not
 * belong to the hand, and nothing happens. Where no votes are taken there is none.
 */
function hold(visit: Visit, since: readonly MonoMs[], now: MonoMs, rules: VisitRules): Visit {
  const held = { phase: 'brief', since: now, until: now + rules.gestureBriefMs } as const
  switch (visit.at) {
    case 'recording':
    case 'asking':
    case 'thanking': {
      const { draft } = visit
      const began = since.some((at) => Math.abs(at - draft.pressedAt) < sameMs)
      if (!began || draft.answer !== undefined) return visit
      const writing = visit.at === 'recording' ? visit.writing : 0
      return { ...standing(visit), at: 'held', ...held, draft, writing }
    }
    case 'closed':
      return { ...standing(visit), at: 'held', ...held, writing: 0 }
    case 'fault':
      return visit.why === 'out-of-service' ? { ...standing(visit), at: 'held', ...held, writing: 0 } : visit
    case 'idle':
    case 'held':
    case 'withdrawing':
      return visit
  }
}

/** A vote like any other after all. */
function letGo(visit: Visit & { at: 'held' }, now: MonoMs, rules: VisitRules): Visit {
  const { draft, writing } = visit
  if (!draft) return rest(visit, rules)
  return writing > 0 ? recording(visit, draft, writing, now, rules) : written(visit, draft, now, rules)
}

/** Held for so long that it is to be told what comes of it, or that it is the gesture. */
function holdOn(visit: Visit & { at: 'held' }, now: MonoMs, rules: VisitRules): Step {
  const { phase, since, draft, writing } = visit
  if (phase === 'brief') return quiet({ ...visit, phase: 'long', until: since + rules.gestureMs })
  if (!draft) return { visit: rest(visit, rules), effects: [{ do: 'commission', visit: visit.visits }] }
  const until = now + rules.recordMs
  return {
    visit: { ...standing(visit), at: 'withdrawing', draft, writing: writing + 1, until },
    effects: [{ do: 'withdraw', visit: draft.visit }],
  }
}

function handOver(visit: Visit & { at: 'withdrawing' }, rules: VisitRules): Step {
  const settle: VisitEffect = { do: 'settle', visit: visit.draft.visit }
  return { visit: rest(visit, rules), effects: [settle, { ...settle, do: 'commission' }] }
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
    case 'held':
    case 'withdrawing':
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
