import { sourceOf } from '../../contract/topics.ts'
import type { WallMs } from '../../domain/time.ts'
import { type Drift, drift } from './moods.ts'
import { type Service, services } from './offices.ts'
import { midnight, type Opening, openings } from './opening.ts'
import type { CounterName, Office } from './places.ts'
import { Random } from './random.ts'
import { type Trouble, troublesOf } from './troubles.ts'

export interface MunicipalityOptions {
  /** Its code, a level of the topics: `c_e506`. */
  name: string
  terminals: number
  /** The first day, a local date: `2026-05-04`. */
  from: string
  days: number
  /** The same seed and options give the same messages, byte by byte. */
  seed: number
  /** How many times the usual number of people comes; 1 unless given. */
  crowd?: number
  /** What terminals say that their software is. */
  version?: string
}

/** A municipality that nobody lives in. All that happens in it follows from its options. */
export interface Municipality {
  name: string
  seed: number
  crowd: number
  version: string
  /** From the midnight of the first day to the midnight after the last. */
  from: WallMs
  to: WallMs
  offices: Office[]
  terminals: Terminal[]
  /** What is truly bad, for a report to find. */
  troubles: Trouble[]
}

export interface Terminal {
  /** Its place in the municipality, from 0. */
  index: number
  source: string
  office: Office
  counter: string
  municipality: Municipality
  mood: Drift
  troubles: Trouble[]
}

export const timeZone = 'Europe/Rome'

/** So many counters stand in one office at most. */
const mostCounters = 10

/** Where the numbers of offices begin, so that no office has the moods of a terminal. */
const officeSeeds = 1_000_000_000

/** Plans a municipality; nothing happens in it until somebody looks (`lifeOf`, `votesOf`). */
export function municipality(options: MunicipalityOptions): Municipality {
  const { name, seed, crowd = 1, version = '0.0.0-simulated', days } = options
  const from = midnight(timeZone, options.from)
  const to = midnight(timeZone, dateAfter(options.from, days))
  const town: Municipality = {
    name,
    seed,
    crowd,
    version,
    from,
    to,
    offices: [],
    terminals: [],
    troubles: [],
  }
  town.offices = officesOf(town, options.terminals)
  const counters = terminalNames(town, options.terminals)
  town.troubles = troublesOf(town, counters, new Random(seed, 1))
  town.terminals = counters.map(({ office, counter }, index) => ({
    index,
    source: sourceOf({ municipality: name, office: office.code, counter }),
    office,
    counter,
    municipality: town,
    mood: drift(new Random(seed, 2, index), 0.6),
    troubles: town.troubles.filter((trouble) => isAt(trouble, office.code, counter)),
  }))
  return town
}

function officesOf({ seed, from, to }: Municipality, terminals: number): Office[] {
  const perOffice = Math.min(mostCounters, Math.max(1, Math.round(0.9 * Math.sqrt(terminals))))
  const known = new Map<Service['hours'], Opening[]>()
  return Array.from({ length: Math.ceil(terminals / perOffice) }, (_, n) => {
    const service = services[n % services.length]!
    const site = Math.floor(n / services.length) + 1
    const open = known.get(service.hours) ?? openings(service.hours, from, to)
    known.set(service.hours, open)
    return {
      code: site === 1 ? service.code : `${service.code}-${site}`,
      service,
      openings: open,
      mood: drift(new Random(seed, 2, officeSeeds + n), 0.8),
    }
  })
}

function terminalNames({ offices }: Municipality, terminals: number): CounterName[] {
  return Array.from({ length: terminals }, (_, n) => ({
    office: offices[n % offices.length]!,
    counter: String(Math.floor(n / offices.length) + 1),
  }))
}

function isAt(trouble: Trouble, office: string, counter: string): boolean {
  return trouble.office === office && (trouble.counter === undefined || trouble.counter === counter)
}

function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
