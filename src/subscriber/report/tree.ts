import { type Counts, noCounts } from '../../domain/vote.ts'
import type { Coverage } from './covered.ts'
import { addCounts, type CounterTally } from './tally.ts'

/** All counters, in their offices, in their municipalities. Pure. */

export interface Place {
  level: 'all' | 'municipality' | 'office' | 'counter'
  name: { municipality: string; office?: string; counter?: string }
  counts: Counts
  coverage: Coverage
  votes: number
  parts: Place[]
  /** Of an office: its votes by weekday × 12 + hour ÷ 2. */
  blocks: ReadonlyMap<number, Counts>
  /** Whether it is all that its whole has, so that the two have the same figures. */
  alone: boolean
}

export function growTree(counters: readonly CounterTally[]): Place {
  const root = place('all', { municipality: '' })
  const known = new Map<string, Place>()
  const child = (of: Place, level: Place['level'], name: Place['name']): Place => {
    const key = `${name.municipality}/${name.office ?? ''}/${name.counter ?? ''}`
    const found = known.get(key)
    if (found) return found
    const made = place(level, name)
    of.parts.push(made)
    known.set(key, made)
    return made
  }
  for (const { municipality, office, counter, counts, coverage, blocks } of counters) {
    const inMunicipality = child(root, 'municipality', { municipality })
    const inOffice = child(inMunicipality, 'office', { municipality, office })
    inOffice.blocks = blocks
    const itself = child(inOffice, 'counter', { municipality, office, counter })
    for (const node of [root, inMunicipality, inOffice, itself]) {
      addCounts(node.counts, counts)
      addCoverage(node.coverage, coverage)
      node.votes += counts.votes
    }
  }
  for (const { votes, parts } of nodesOf(root)) {
    for (const part of parts) part.alone = part.votes === votes
  }
  return root
}

/** The tree from the root on, in the order of names; numbers in them by their value. */
export function nodesOf(root: Place): Place[] {
  const order = new Intl.Collator('en', { numeric: true })
  const last = ({ name }: Place) => name.counter ?? name.office ?? name.municipality
  const visit = (node: Place): Place[] => [
    node,
    ...[...node.parts].sort((a, b) => order.compare(last(a), last(b))).flatMap(visit),
  ]
  return visit(root)
}

function place(level: Place['level'], name: Place['name']): Place {
  const coverage = { served: 0, low: 0, votes: 0, high: 0, coveredHours: 0, hours: 0, leftOut: 0 }
  return { level, name, counts: noCounts(), coverage, votes: 0, parts: [], blocks: new Map(), alone: false }
}

function addCoverage(to: Coverage, more: Coverage): void {
  for (const key of Object.keys(to) as (keyof Coverage)[]) to[key] += more[key]
}
