import { weekdays } from '../../domain/hours.ts'
import type { Counts } from '../../domain/vote.ts'
import { reasons } from '../../domain/words.ts'
import type { Area, Report } from './report.ts'
import {
  cohensH,
  falseDiscovery,
  greaterByChance,
  type Share,
  shareDifference,
  wilson,
} from './statistics.ts'
import { blockHours } from './tally.ts'

/**
 * Critical areas: offices, counters and hours of the week with clearly more dissatisfied votes than the
 * rest. Pure.
 */

/** What could be critical: counts of a place that may be shown, and of the whole that it is a part of. */
export interface Candidate {
  area: Pick<Area, 'is' | 'municipality' | 'office' | 'counter' | 'block'>
  counts: Counts
  whole: Counts
}

/** Share of the areas found that is expected to be chance. */
const rate = 0.05
const method =
  'One-sided z tests of the share of dissatisfied against the rest, adjusted after Benjamini and Hochberg (1995); the lower end of the Wilson interval lies above the share of the rest'
/** Reasons given below which none is named. */
const fewestReasons = 10

/** A block of hours of the week, by its place in `Tally.blocks`. */
export function blockAt(place: number): NonNullable<Area['block']> {
  const perDay = 24 / blockHours
  const from = (place % perDay) * blockHours
  return { weekday: weekdays[Math.floor(place / perDay)]!, from, to: from + blockHours }
}

/**
 * Tests all candidates together. @param minimum votes that a candidate and what it is compared with must
 * have, and that must be left of an office after its critical blocks
 */
export function criticalAreas(candidates: readonly Candidate[], minimum: number): Report['critical'] {
  const tested = candidates
    .map((candidate) => ({ candidate, ...sharesOf(candidate) }))
    .filter(({ own, rest }) => own.n >= minimum && rest.n >= minimum)
  const ps = tested.map(({ own, rest }) => greaterByChance(own, rest))
  const adjusted = falseDiscovery(ps)
  const areas = tested
    .map(({ candidate, own, rest }, i) => areaOf(candidate, own, rest, ps[i]!, adjusted[i]!))
    .filter((area) => area.adjusted <= rate && area.interval.low > area.rest.share)
    .sort((a, b) => b.effect.h - a.effect.h)
  const told = withoutRests(areas, minimum).map((area) => withThrough(area, areas, candidates))
  return { method, rate, tested: tested.length, areas: told }
}

/** An office that is critical for the sake of critical counters alone names them. */
function withThrough(area: Area, areas: readonly Area[], candidates: readonly Candidate[]): Area {
  if (area.is !== 'office') return area
  const inside = areas.filter(
    ({ is, municipality, office }) =>
      is === 'counter' && municipality === area.municipality && office === area.office,
  )
  const all = candidates.find(
    ({ area: { is, municipality } }) => is === 'office' && municipality === area.municipality,
  )!.whole
  const left = { hits: area.dissatisfied, n: area.votes }
  const rest = { hits: all.faces.dissatisfied - left.hits, n: all.votes - left.n }
  for (const { dissatisfied, votes } of inside) {
    left.hits -= dissatisfied
    left.n -= votes
  }
  const remains = left.n > 0 && greaterByChance(left, rest) <= rate
  return inside.length === 0 || remains ? area : { ...area, through: inside.map(({ counter }) => counter!) }
}

function sharesOf({ counts, whole }: Candidate): { own: Share; rest: Share } {
  const own = { hits: counts.faces.dissatisfied, n: counts.votes }
  return { own, rest: { hits: whole.faces.dissatisfied - own.hits, n: whole.votes - own.n } }
}

function areaOf({ area, counts }: Candidate, own: Share, rest: Share, p: number, adjusted: number): Area {
  const share = own.hits / own.n
  const restShare = rest.hits / rest.n
  const h = cohensH(share, restShare)
  const reason = mainReason(counts)
  return {
    ...area,
    votes: own.n,
    dissatisfied: own.hits,
    share,
    interval: wilson(own.hits, own.n),
    rest: { of: area.is === 'block' ? 'office' : 'municipality', votes: rest.n, share: restShare },
    difference: shareDifference(own, rest),
    p,
    adjusted,
    effect: { h, size: h < 0.2 ? 'slight' : h < 0.5 ? 'moderate' : h < 0.8 ? 'large' : 'very-large' },
    ...(reason && { reason }),
  }
}

function mainReason({ reasons: counts }: Counts): Area['reason'] {
  const given = reasons.reduce((sum, reason) => sum + counts[reason], 0)
  if (given < fewestReasons) return undefined
  const reason = reasons.reduce((most, other) => (counts[other] > counts[most] ? other : most))
  return { reason, share: counts[reason] / given }
}

/**
 * Without the weakest blocks of an office whose other hours could be computed, and have few votes. An
 * office's blocks have all its votes, and each block names what its rest has.
 */
function withoutRests(areas: readonly Area[], minimum: number): Area[] {
  const left = new Map<string, number>()
  return areas.filter((area) => {
    if (area.is !== 'block') return true
    const office = `${area.municipality}/${area.office}`
    const rest = (left.get(office) ?? area.votes + area.rest.votes) - area.votes
    if (rest < minimum) return false
    left.set(office, rest)
    return true
  })
}
