import type { MonoMs } from './time.ts'
import type { Key } from './words.ts'

/**
 * From electrical edges to intentions, each key for itself:
 *
 * 1. The first `down` counts at once, so that a light can answer the finger without waiting; whatever
 *    follows within the bounce time is the same press. A key is released only after it has been quiet that
 *    long, so that a bouncing contact does not press twice.
 * 2. Many presses in a short time are hammering: they are no new intentions, until the key is left alone.
 * 3. A key that is held for too long is stuck: it is ignored until it is released.
 * 4. A key that does not come to rest is broken, whether it fires faster than any finger, is pressed again
 *    and again without a pause, or trembles while it is held. It is stuck, too, but a moment of quiet is no
 *    release: it is ignored until it has been quiet for some seconds.
 *
 * So a broken key costs its office one or a few false votes, and the other keys nothing. One that presses
 * as seldom as people do, with pauses, cannot be told from them.
 */
export interface FilterRules {
  /** A contact is taken to be at rest after this long without an edge. */
  debounceMs: number
  /** Held longer than this, a key is stuck; pressed again and again for longer than this, it is broken. */
  stuckMs: number
  /** More presses of one key than this within `burstMs` are hammering … */
  burstPresses: number
  burstMs: number
  /** … until the key has been left alone this long. */
  quietMs: number
  /** More presses than this within `burstMs` are those of no finger: the key is broken. */
  fingerPresses: number
  /** A broken key is free again after this long without an edge. */
  restMs: number
}

export interface Edge {
  key: Key
  edge: 'down' | 'up'
  at: MonoMs
}

interface KeyState {
  /** What the contact said last, and when. */
  raw: Edge['edge']
  rawAt: MonoMs
  /** What it means. */
  held: { at: 'released' } | { at: 'pressed'; since: MonoMs } | { at: 'stuck'; why: StuckWhy }
  /** The latest presses. With more than `fingerPresses` the key is broken, and presses no more. */
  presses: MonoMs[]
  hammered: boolean
  /** For how long it was pressed again and again, less the pauses in which it was left alone. */
  busyMs: number
}

/** `held`: free at its release. `restless`: free when it has come to rest. */
type StuckWhy = 'held' | 'restless'

export type Filter = Partial<Record<Key, KeyState>>

export type Verdict =
  /** `repeat`: part of a burst; counts as suppressed during a visit, and begins none. */
  | { say: 'press'; key: Key; repeat: boolean }
  | { say: 'ignored'; key: Key; why: 'bounce' | 'stuck' }
  | { say: 'stuck'; key: Key; why: StuckWhy }
  | { say: 'unstuck'; key: Key }

const untouched: KeyState = {
  raw: 'up',
  rawAt: Number.NEGATIVE_INFINITY,
  held: { at: 'released' },
  presses: [],
  hammered: false,
  busyMs: 0,
}

/** One edge later. */
export function filterEdge(
  filter: Filter,
  edge: Edge,
  rules: FilterRules,
): { filter: Filter; verdicts: Verdict[] } {
  const { key, at } = edge
  const settled = settle(key, filter[key] ?? untouched, at, rules)
  const state: KeyState = { ...settled.state, raw: edge.edge, rawAt: at }
  const keep = (next: KeyState, ...verdicts: Verdict[]) => ({
    filter: { ...filter, [key]: next },
    verdicts: [...settled.verdicts, ...verdicts],
  })
  if (edge.edge === 'up') return keep(state)
  if (state.held.at === 'stuck') return keep(state, { say: 'ignored', key, why: 'stuck' })
  if (state.held.at === 'pressed') return keep(state, { say: 'ignored', key, why: 'bounce' })
  const pressed = press(state, at, at - settled.state.rawAt, rules)
  if (pressed.presses.length > rules.fingerPresses || pressed.busyMs >= rules.stuckMs) {
    const stuck: KeyState = { ...pressed, held: { at: 'stuck', why: 'restless' } }
    return keep(stuck, { say: 'stuck', key, why: 'restless' }, { say: 'ignored', key, why: 'stuck' })
  }
  return keep(pressed, { say: 'press', key, repeat: pressed.hammered })
}

/** A key that was released goes down, `pauseMs` after it last moved. */
function press(state: KeyState, at: MonoMs, pauseMs: number, rules: FilterRules): KeyState {
  const alone = pauseMs >= rules.quietMs
  const recent = alone ? [] : state.presses.filter((t) => at - t < rules.burstMs)
  const presses = [...recent, at]
  const sinceLastMs = at - (state.presses.at(-1) ?? at)
  return {
    ...state,
    held: { at: 'pressed', since: at },
    presses,
    hammered: presses.length > rules.burstPresses || (state.hammered && !alone),
    busyMs: alone ? Math.max(0, state.busyMs - pauseMs) : state.busyMs + sinceLastMs,
  }
}

/** What has become of the keys by the passing of time alone. */
export function filterTime(
  filter: Filter,
  now: MonoMs,
  rules: FilterRules,
): { filter: Filter; verdicts: Verdict[] } {
  const verdicts: Verdict[] = []
  const next: Filter = {}
  for (const [name, state] of Object.entries(filter)) {
    const key = name as Key
    const settled = settle(key, state, now, rules)
    next[key] = settled.state
    verdicts.push(...settled.verdicts)
  }
  return { filter: next, verdicts }
}

/** When `filterTime` can next have something to say. */
export function filterDeadline(filter: Filter, rules: FilterRules): MonoMs | undefined {
  const deadlines = Object.values(filter).flatMap((state) => {
    if (state.held.at === 'released') return []
    if (state.raw === 'up') return [state.rawAt + releaseMs(state, rules)]
    return state.held.at === 'pressed' ? [state.held.since + rules.stuckMs] : []
  })
  return deadlines.length > 0 ? Math.min(...deadlines) : undefined
}

/** The keys that are ignored now, to report what is stuck. */
export function stuckKeys(filter: Filter): Key[] {
  return (Object.keys(filter) as Key[]).filter((key) => filter[key]?.held.at === 'stuck')
}

function settle(
  key: Key,
  state: KeyState,
  now: MonoMs,
  rules: FilterRules,
): { state: KeyState; verdicts: Verdict[] } {
  const { held } = state
  if (held.at === 'released') return { state, verdicts: [] }
  if (state.raw === 'up' && now - state.rawAt >= releaseMs(state, rules)) {
    if (held.at === 'pressed') return { state: { ...state, held: { at: 'released' } }, verdicts: [] }
    const free: KeyState = held.why === 'held' ? { ...state, held: { at: 'released' } } : rested(state)
    return { state: free, verdicts: [{ say: 'unstuck', key }] }
  }
  if (held.at === 'pressed' && state.raw === 'down' && now - held.since >= rules.stuckMs) {
    const why = now - state.rawAt < rules.quietMs ? 'restless' : 'held'
    return { state: { ...state, held: { at: 'stuck', why } }, verdicts: [{ say: 'stuck', key, why }] }
  }
  return { state, verdicts: [] }
}

/** How long a key has to be quiet to be released. */
function releaseMs({ held }: KeyState, { debounceMs, restMs }: FilterRules): number {
  return held.at === 'stuck' && held.why === 'restless' ? Math.max(debounceMs, restMs) : debounceMs
}

/** What it did before is over: it may be mended. */
function rested({ raw, rawAt }: KeyState): KeyState {
  return { ...untouched, raw, rawAt }
}
