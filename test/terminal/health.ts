import type { HealthMessage } from '../../src/contract/schemas.ts'

/** A health as a terminal in good order has it; the reporter adds the time. */
export const health: Omit<HealthMessage, 'at'> = {
  panel: 'arcade',
  board: 'Raspberry Pi 4 Model B Rev 1.5',
  queue: { votes: 3, oldestAgeSeconds: 12 },
  clock: 'synchronised',
  disk: {
    writable: true,
    journalBytes: 524_288,
    journalMaxBytes: 268_435_456,
    freeBytes: 1_000_000_000,
  },
  keys: { is: 'good', stuck: [], ignored: 0 },
  lights: { is: 'good' },
  display: { is: 'broken', problem: 'no chip answers at 0x3c; check the wires SDA and SCL' },
  broker: { protocol: '5', unheard: 0, committedIgnored: 0 },
  commands: { ignored: 2 },
  temperatureCelsius: 48.312,
  underVoltage: false,
}
