import type { Face, Key } from '../../domain/words.ts'
import type { Keys } from '../../ports/panel.ts'
import { fiveContacts } from '../boards/five-contacts.ts'
import { type MakeIo, raspiBoard } from '../boards/raspi-board.ts'
import { raspiLines } from '../boards/raspi-lines.ts'
import type { PanelContext } from '../drivers.ts'
import { MendedKeys } from './mended-keys.ts'

/** What a profile says to buttons on the Pi's own lines. */
export interface RaspiKeysProfile {
  pins: Readonly<Record<Face, number> & Partial<Record<Key, number>>>
  pull: 'up' | 'none'
  active: 'low' | 'high'
  debounceMs: number
}

/** Buttons on the Pi's own lines, by johnny-five on raspi-io: root, up to the Pi 4. */
export async function openRaspiKeys(
  own: RaspiKeysProfile,
  context: PanelContext,
  makeIo?: MakeIo,
): Promise<Keys> {
  const { clock, log } = context
  const board = await raspiBoard(context, makeIo)
  const lines = await raspiLines(context)
  const pins = Object.entries(own.pins) as [Key, number][]
  board.need({ lines: pins.map(([, line]) => line), i2c: false })
  const names = Object.fromEntries(pins.map(([key, line]) => [key, `GPIO${line}`]))
  return new MendedKeys({
    what: 'keys on the lines of the Pi',
    keys: pins.map(([key]) => key),
    debounceMs: own.debounceMs,
    async open(tell, fail, signal) {
      lines.claim(pins.map(([key, line]) => [line, `key ${key}`]))
      const { pull, active } = own
      return board.use(
        'keys',
        (five) => fiveContacts(five, { pins: names, pull, active }, tell),
        fail,
        signal,
      )
    },
    clock,
    log,
  })
}
