import type { WallMs } from '../../domain/time.ts'
import type { Reason } from '../../domain/words.ts'
import type { Opening } from './opening.ts'
import type { CounterName, Office } from './places.ts'
import type { Random } from './random.ts'

/** A truly bad place: what a report has to find, and no more than this. */
export interface Trouble {
  is: 'long-queues' | 'bad-manners' | 'getting-worse'
  office: string
  /** Absent where all counters of the office have it. */
  counter?: string
  /** Share of dissatisfied people while it lasts, and the reason that most of them give. */
  dissatisfied: number
  reason: Reason
  /** From when on; always unless given. */
  since?: WallMs
  /** In words, for people. */
  says: string
}

const noon = 12 * 60

/** The offices of a municipality, and how long it is looked at. */
interface Town {
  offices: readonly Office[]
  from: WallMs
  to: WallMs
}

/** Three troubles, each in an office of its own, as far as there are so many. */
export function troublesOf(
  { offices, from, to }: Town,
  counters: readonly CounterName[],
  random: Random,
): Trouble[] {
  const has = (office: Office, least: number) =>
    counters.filter((counter) => counter.office === office).length >= least
  const mondays = offices.filter(({ service }) =>
    service.hours.week.monday.some((shift) => shift.from < noon),
  )
  // Where few people come nobody could find it.
  const busy = mondays.filter(({ service }) => service.peopleAnHour >= 7)
  const queues = busy.length > 0 ? random.pick(busy) : undefined
  const others = offices.filter((office) => office !== queues && office.service.batch === undefined)
  const several = others.filter((office) => has(office, 2) && office.service.peopleAnHour >= 5)
  const manners = several.length > 0 ? random.pick(several) : undefined
  const left = others.filter((office) => office !== manners)
  const worse = left.length > 0 ? random.pick(left) : undefined
  const troubles: Trouble[] = []
  if (queues)
    troubles.push({
      is: 'long-queues',
      office: queues.code,
      dissatisfied: 0.45,
      reason: 'waiting-time',
      says: 'on Monday mornings people wait too long',
    })
  if (manners) {
    const { counter } = random.pick(counters.filter(({ office }) => office === manners))
    troubles.push({
      is: 'bad-manners',
      office: manners.code,
      counter,
      dissatisfied: 0.4,
      reason: 'staff-behaviour',
      says: 'the staff behaves badly',
    })
  }
  if (worse)
    troubles.push({
      is: 'getting-worse',
      office: worse.code,
      dissatisfied: 0.35,
      reason: 'must-return',
      since: from + Math.floor((2 * (to - from)) / 3),
      says: 'in the last third of the time people have to come again',
    })
  return troubles
}

/** Whether it is so at a moment of an opening. */
export function lasts({ is, since }: Trouble, { weekday }: Opening, minute: number, at: WallMs): boolean {
  if (is === 'long-queues') return weekday === 'monday' && minute < noon
  return since === undefined || at >= since
}

/** Of those who are dissatisfied in a trouble so many name its reason. */
export const namesReason = 0.8
