import type { WallMs } from '../../domain/time.ts'
import type { Terminal } from './municipality.ts'
import type { Opening } from './opening.ts'
import type { Random } from './random.ts'

/** What goes wrong with a terminal, one thing at a time. */
export type Incident = {
  from: WallMs
  /** When it is well again: connected, and on the right time. */
  to: WallMs
} & (
  | { is: 'outage' }
  /** Offline for so long that the oldest votes were folded into counts by the hour. */
  | { is: 'fold' }
  /** Without power from `from` to `back`; from then on votes are taken by a clock that is not synchronised until `to`. */
  | { is: 'power-cut'; back: WallMs; clock: 'back-dated' | 'estimated' | 'unknown'; torn: boolean }
  /** The card dies, and another one takes its place. */
  | { is: 'exchange' }
  | { is: 'stuck-key' }
)

const minuteMs = 60_000
const hourMs = 3_600_000

/** These happen somewhere in every municipality, however small or short-lived. */
const surely = ['exchange', 'fold', 'estimated', 'unknown', 'torn', 'stuck-key', 'outage'] as const
type Kind = (typeof surely)[number] | 'power-cut'

/** So many terminals share them, each kind on one of them. */
const circle = 42

/** How likely it is that something goes wrong in one opening, and what it is then. */
const troublePerOpening = 0.03
const kinds = [
  ['outage', 45],
  ['power-cut', 30],
  ['torn', 8],
  ['stuck-key', 10],
  ['estimated', 3],
  ['unknown', 2],
  ['fold', 1],
  ['exchange', 1],
] as const satisfies readonly (readonly [Kind, number])[]

/** All that goes wrong in the life of a terminal, in order; nothing is going wrong any more when it ends. */
export function incidentsOf({ index, office, municipality }: Terminal, random: Random): Incident[] {
  const { openings } = office
  const forced = forcedOf(index, municipality.terminals.length, openings.length)
  const last = openings.at(-1)
  const incidents: Incident[] = []
  let free = municipality.from
  for (const [n, opening] of openings.entries()) {
    const kind = forced.get(n) ?? (random.chance(troublePerOpening) ? random.weighted(kinds) : undefined)
    if (kind === undefined || opening.from < free || !last) continue
    const incident = incidentOf(kind, opening, random)
    if (incident.to > last.to - minuteMs) continue
    incidents.push(incident)
    free = incident.to + hourMs
  }
  return incidents
}

/** What happens in which opening for certain, by the number of the opening. */
function forcedOf(index: number, terminals: number, openings: number): Map<number, Kind> {
  const round = Math.min(circle, terminals)
  const forced = new Map<number, Kind>()
  for (const [n, kind] of surely.entries()) {
    // The last opening has no room for what lasts.
    const opening = Math.floor(((n + 1) * (openings - 1)) / (surely.length + 1))
    if ((n * 6 + 3) % round === index % round && openings > 1) forced.set(opening, kind)
  }
  return forced
}

function incidentOf(kind: Kind, opening: Opening, random: Random): Incident {
  const { from: open, to: close } = opening
  const from = Math.round(open + (close - open) * random.between(0.2, 0.6))
  const lasting = (least: number, most: number) => from + Math.round(random.between(least, most))
  if (kind === 'outage') return { is: 'outage', from, to: lasting(20 * minuteMs, 30 * hourMs) }
  if (kind === 'fold') return { is: 'fold', from, to: lasting(hourMs, 40 * hourMs) }
  if (kind === 'exchange') return { is: 'exchange', from, to: lasting(hourMs, 20 * hourMs) }
  if (kind === 'stuck-key') return { is: 'stuck-key', from, to: lasting(10 * minuteMs, 5 * hourMs) }
  const back = lasting(minuteMs, 15 * minuteMs)
  const clock = kind === 'estimated' || kind === 'unknown' ? kind : 'back-dated'
  // A clock that nobody ever sets takes longer to be given up.
  const longest = clock === 'back-dated' ? 40 : 90
  const to = back + Math.round(random.between(0.4, 1) * longest * minuteMs)
  return { is: 'power-cut', from, back, to, clock, torn: kind === 'torn' || random.chance(0.2) }
}
