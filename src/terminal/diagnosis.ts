import type { Scene } from '../domain/scene.ts'
import type { Key } from '../domain/words.ts'
import type { JournalCondition } from '../ports/journal.ts'

/** How a terminal is, seen from inside. */
export interface Condition {
  /** `missing`: it could not be opened, and is tried again. */
  journal: { is: 'opening' } | { is: 'missing'; problem: string } | ({ is: 'open' } & JournalCondition)
  kiosk: KioskCondition
  /** Whether there is a broker to send votes to. */
  broker: boolean
}

export interface KioskCondition {
  /** `lent`: the terminal looks at itself. */
  at: Scene['at'] | 'lent'
  /** For how long something has been due that has not happened: a kiosk that answers does it at once. */
  overdueMs: number
  /** For how long the oldest write has been under way. */
  writingMs: number
  stuck: readonly Key[]
}

export interface Diagnosis {
  /** The journal can be written and the kiosk answers; else it may help to start anew. */
  alive: boolean
  /** In plain words, for a technician: one line. */
  status: string
}

/** A busy computer may be late, but not by this much. */
const hungMs = 5_000
/** Cards stall for seconds; after this long nobody believes that the write will end. */
const diskHungMs = 30_000

export function diagnose({ journal, kiosk, broker }: Condition): Diagnosis {
  const is = (alive: boolean, status: string): Diagnosis => ({ alive, status: oneLine(status) })
  if (kiosk.overdueMs > hungMs) return is(false, 'the panel does not answer')
  if (journal.is === 'opening') return is(false, 'starting: the journal is being opened')
  if (journal.is === 'missing') return is(false, `out of service: ${journal.problem}`)
  if (kiosk.writingMs > diskHungMs) return is(false, 'out of service: the disk does not answer')
  const { writable, problem = 'the disk refuses', waiting } = journal
  if (!writable) return is(false, `the last vote could not be kept: ${problem}`)
  const stuck = kiosk.stuck.length > 0 ? [`stuck: ${kiosk.stuck.join(', ')}`] : []
  const taken = takenWords[kiosk.at] ?? 'votes are taken'
  return is(true, [taken, delivery(waiting, broker), ...stuck].join('; '))
}

const takenWords: Partial<Record<KioskCondition['at'], string>> = {
  closed: 'closed, by the opening hours',
  lent: 'commissioning: it looks at itself',
}

function delivery(waiting: number, broker: boolean): string {
  if (!broker) return `${waiting} kept here, as there is no broker`
  return waiting === 0 ? 'all are with the broker' : `${waiting} waiting for the broker`
}

function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 300)
}
