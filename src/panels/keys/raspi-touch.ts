import type { Face, Key } from '../../domain/words.ts'
import type { Keys } from '../../ports/panel.ts'
import { fiveTouchPort } from '../boards/five-touch.ts'
import { type MakeIo, raspiBoard } from '../boards/raspi-board.ts'
import { raspiLines } from '../boards/raspi-lines.ts'
import type { PanelContext } from '../drivers.ts'
import { MendedKeys } from './mended-keys.ts'
import { openMpr121 } from './mpr121.ts'

/** What a profile says to an MPR121 on the Pi's I2C. */
export interface RaspiTouchProfile {
  address: number
  electrodes: Readonly<Record<Face, number> & Partial<Record<Key, number>>>
}

/** MPR121 on the Pi's I2C, by johnny-five on raspi-io: root, up to the Pi 4. */
export async function openRaspiTouch(
  { address, electrodes }: RaspiTouchProfile,
  context: PanelContext,
  makeIo?: MakeIo,
): Promise<Keys> {
  const { clock, log } = context
  const board = await raspiBoard(context, makeIo)
  const lines = await raspiLines(context)
  board.need({ lines: [], i2c: true })
  return new MendedKeys({
    what: `touch chip at 0x${address.toString(16).toUpperCase()} on the I2C of the Pi`,
    keys: Object.keys(electrodes) as Key[],
    debounceMs: 0,
    async open(tell, fail, signal) {
      lines.claim([
        [2, 'SDA of the touch chip'],
        [3, 'SCL of the touch chip'],
      ])
      return board.use(
        'keys',
        (five) => {
          const port = fiveTouchPort(five, address, { clock, wires: 'GPIO 2 and 3, pins 3 and 5' })
          return openMpr121(port, electrodes, tell, fail, clock)
        },
        fail,
        signal,
      )
    },
    clock,
    log,
  })
}
