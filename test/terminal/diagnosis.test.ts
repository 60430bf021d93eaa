import t from 'tap'
import { type Condition, diagnose } from '../../src/terminal/diagnosis.ts'

const journal = { is: 'open', writable: true, waiting: 12, bytes: 0, maxBytes: 1 } as const
const kiosk = { at: 'idle', overdueMs: 0, writingMs: 0, stuck: [] } as const
const good: Condition = { journal, kiosk, broker: true }

const table: [what: string, Condition, alive: boolean, status: string][] = [
  ['all is well', good, true, 'votes are taken; 12 waiting for the broker'],
  [
    'nothing waits',
    { ...good, journal: { ...journal, waiting: 0 } },
    true,
    'votes are taken; all are with the broker',
  ],
  ['no broker', { ...good, broker: false }, true, 'votes are taken; 12 kept here, as there is no broker'],
  [
    'closed',
    { ...good, kiosk: { ...kiosk, at: 'closed' } },
    true,
    'closed, by the opening hours; 12 waiting for the broker',
  ],
  [
    'stuck keys',
    { ...good, kiosk: { ...kiosk, stuck: ['neutral', 'skip'] } },
    true,
    'votes are taken; 12 waiting for the broker; stuck: neutral, skip',
  ],
  ['a little late', { ...good, kiosk: { ...kiosk, overdueMs: 5_000 } }, true, /^votes are taken/.source],
  ['hung', { ...good, kiosk: { ...kiosk, overdueMs: 5_001 } }, false, 'the panel does not answer'],
  ['a slow disk', { ...good, kiosk: { ...kiosk, writingMs: 30_000 } }, true, /^votes are taken/.source],
  [
    'a disk that hangs',
    { ...good, kiosk: { ...kiosk, writingMs: 30_001 } },
    false,
    'out of service: the disk does not answer',
  ],
  ['not open yet', { ...good, journal: { is: 'opening' } }, false, 'starting: the journal is being opened'],
  [
    'no journal',
    { ...good, journal: { is: 'missing', problem: 'the disk is full (ENOSPC)' } },
    false,
    'out of service: the disk is full (ENOSPC)',
  ],
  [
    'the last write failed',
    { ...good, journal: { ...journal, writable: false, problem: 'EIO' } },
    false,
    'the last vote could not be kept: EIO',
  ],
  [
    'a problem of several lines',
    { ...good, journal: { is: 'missing', problem: 'two\nlines\u0000\r\n' } },
    false,
    'out of service: two lines',
  ],
]

t.test('how a terminal is, and in which words', async (t) => {
  for (const [what, condition, alive, status] of table) {
    const found = diagnose(condition)
    t.equal(found.alive, alive, what)
    t.match(found.status, status.startsWith('^') ? new RegExp(status) : status, what)
  }
  const long = diagnose({ ...good, journal: { is: 'missing', problem: 'x'.repeat(5_000) } })
  t.ok(long.status.length <= 300, 'a status has a bound')
})
