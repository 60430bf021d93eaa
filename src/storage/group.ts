import { applyRow, beginsAnew, type Ledger, settle, startedBy } from './ledger.ts'
import { encodeLine } from './line.ts'
import type { Row } from './rows.ts'
import { headerBytes, segmentBytes } from './segment.ts'

/** Something that waits to be written; its row depends on what is written in front of it. */
export type Op =
  | { is: 'row'; row: (ledger: Ledger) => Row; done: (ledger: Ledger) => void; fail: (error: Error) => void }
  | { is: 'settle'; sequence: number }

/** What goes to the disk with one write and one flush. */
export interface Group {
  ops: Op[]
  lines: Buffer[]
  bytes: number
  /** Tell those who wait, once it is on the disk. */
  done: (() => void)[]
  /** Where the journal stands in front of a new segment, if the group has to begin one. */
  begins?: Ledger
  /** Where the journal stands behind the group. */
  ledger: Ledger
  /** Up to where all is settled behind this group, counted from its first line. */
  settledTo?: number
}

/**
 * Takes from the queue as much as fits behind one another into one segment.
 * @param room bytes that are left in the present one
 */
export function takeGroup(queue: Op[], ledger: Ledger, room: number): Group {
  const group: Group = { ops: [], lines: [], bytes: 0, done: [], ledger }
  let left = room
  for (let op = queue[0]; op; op = queue[0]) {
    if (op.is === 'settle') {
      settleIn(group, op.sequence)
    } else {
      const row = rowOf(op, group.ledger)
      if (!row) {
        queue.shift()
        continue
      }
      const line = encodeLine(row)
      const start = 'start' in row ? row : undefined
      if ((start && beginsAnew(start, group.ledger)) || line.length > left - group.bytes) {
        if (group.lines.length > 0) break
        // Whose the votes behind a start are, and how they are told, is so said by two headers and a row.
        if (start) group.ledger = startedBy(start, group.ledger)
        group.begins = group.ledger
        // A group never fills a new segment to its end, so that the header finds room.
        left = segmentBytes - headerBytes
      }
      add(group, row, line)
      const { done } = op
      const { ledger } = group
      group.done.push(() => done(ledger))
    }
    group.ops.push(op)
    queue.shift()
  }
  return group
}

function settleIn(group: Group, sequence: number): void {
  if (group.ledger.open?.sequence !== sequence) return
  group.ledger = settle(group.ledger)
  group.settledTo = group.bytes
}

function add(group: Group, row: Row, line: Buffer): void {
  group.ledger = applyRow(group.ledger, row)
  // In front of a vote all is settled, and behind anything that is no part of one.
  if ('vote' in row) group.settledTo = group.bytes
  else if (!('amend' in row)) group.settledTo = group.bytes + line.length
  group.lines.push(line)
  group.bytes += line.length
}

/** The row, or nothing where the journal stands so that there can be none; then its writer has been told. */
function rowOf(op: Op & { is: 'row' }, ledger: Ledger): Row | undefined {
  try {
    return op.row(ledger)
  } catch (error) {
    op.fail(error as Error)
    return undefined
  }
}
