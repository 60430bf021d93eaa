import type { MonoMs } from './time.ts'
import type { Key } from './words.ts'

/**
 * From electrical edges to intentions. The first `down` counts at once, so that a light can answer the
 * finger without waiting; whatever follows within the bounce time is the same press. A key is released
 * only after it has been quiet that long, so that neither a bouncing contact nor a touch chip that fires
 * a thousand times a second presses twice.
 */
export interface FilterRules {
  /** A contact is taken to be at rest after this long without an edge. */
  debounceMs: number
  /** Held longer than this, a key is stuck: ignored until it is released. */
  stuckMs: number
  /** More presses of one key than this within `burstMs` are hammering … */
  burstPresses: number
  burstMs: number
  /** … until the key has been left alone this long. */
  quietMs: number
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
  held: { at: 'released' } | { at: 'pressed'; since: MonoMs } | { at: 'stuck'; since: MonoMs }
  /** The latest presses, no more than are needed to tell a burst. */
  presses: MonoMs[]
  hammered: boolean
}

export type Filter = Partial<Record<Key, KeyState>>

export type Verdict =
  /** `repeat`: part of a burst; counts as suppressed during a visit, and begins none. */
  | { say: 'press'; key: Key; repeat: boolean }
  | { say: 'ignored'; key: Key; why: 'bounce' | 'stuck' }
  | { say: 'stuck'; key: Key }
  | { say: 'unstuck'; key: Key }

const untouched: KeyState = {
  raw: 'up',
  rawAt: Number.NEGATIVE_INFINITY,
  held: { at: 'released' },
  presses: [],
  hammered: false,
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
  const alone = at - settled.state.rawAt >= rules.quietMs
  const recent = alone ? [] : state.presses.filter((t) => at - t < rules.burstMs)
  const presses = [...recent, at].slice(-rules.burstPresses - 1)
  const hammered = presses.length > rules.burstPresses || (state.hammered && !alone)
  return keep(
    { ...state, held: { at: 'pressed', since: at }, presses, hammered },
    { say: 'press', key, repeat: hammered },
  )
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
    if (state.raw === 'up') return [state.rawAt + rules.debounceMs]
    return state.held.at === 'pressed' ? [state.held.since + rules.stuckMs] : []
  })
  return deadlines.length > 0 ? Math.min(...deadlines) : undefined
}

/** The keys that are held now, e.g. to report what is stuck. */
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
  if (state.raw === 'up' && now - state.rawAt >= rules.debounceMs) {
    const verdicts: Verdict[] = held.at === 'stuck' ? [{ say: 'unstuck', key }] : []
    return { state: { ...state, held: { at: 'released' } }, verdicts }
  }
  if (held.at === 'pressed' && state.raw === 'down' && now - held.since >= rules.stuckMs) {
    return {
      state: { ...state, held: { at: 'stuck', since: held.since } },
      verdicts: [{ say: 'stuck', key }],
    }
  }
  return { state, verdicts: [] }
}
