import type { HealthMessage } from '../../contract/schemas.ts'
import { iso, type WallMs } from '../../domain/time.ts'
import type { Key } from '../../domain/words.ts'
import { Random } from './random.ts'

/** What a terminal is made of. */
export interface Build {
  panel: string
  board: string
  freeBytes: number
}

const builds = [
  ['raspi', 'Raspberry Pi Zero 2 W Rev 1.0'],
  ['raspi', 'Raspberry Pi 3 Model B Plus Rev 1.3'],
  ['linux', 'Raspberry Pi 4 Model B Rev 1.5'],
  ['linux', 'Raspberry Pi 5 Model B Rev 1.0'],
  ['usb', 'Raspberry Pi 3 Model B Plus Rev 1.3'],
] as const

export function buildOf(seed: number, index: number): Build {
  const random = new Random(seed, 5, index)
  const [panel, board] = random.pick(builds)
  return { panel, board, freeBytes: random.whole(2, 25) * 1_000_000_000 }
}

export interface Condition {
  at: WallMs
  waiting: number
  oldestAgeSeconds: number | undefined
  synchronised: boolean
  votes: number
  stuck: readonly Key[]
  ignored: number
  temperatureCelsius: number
  underVoltage: boolean
}

/** A vote takes about so much of the journal, whose files grow by 256 KiB. */
const voteBytes = 140
const segmentBytes = 262_144

export function healthMessage({ panel, board, freeBytes }: Build, condition: Condition): HealthMessage {
  const { at, waiting, oldestAgeSeconds, synchronised, votes, stuck, ignored } = condition
  return {
    at: iso(at),
    panel,
    board,
    queue: { votes: waiting, ...(oldestAgeSeconds !== undefined && { oldestAgeSeconds }) },
    clock: synchronised ? 'synchronised' : 'unknown',
    disk: {
      writable: true,
      journalBytes: segmentBytes * (1 + Math.ceil((votes * voteBytes) / segmentBytes)),
      journalMaxBytes: 268_435_456,
      freeBytes,
    },
    keys: { is: 'good', stuck: [...stuck], ignored },
    lights: { is: 'good' },
    display: { is: 'good' },
    broker: { protocol: '5', unheard: 0, committedIgnored: 0 },
    commands: { ignored: 0 },
    temperatureCelsius: condition.temperatureCelsius,
    underVoltage: condition.underVoltage,
  }
}
