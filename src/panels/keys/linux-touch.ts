import type { Key } from '../../domain/words.ts'
import type { Keys } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'
import { HardwareError } from '../errors.ts'
import { hex, openI2c } from '../i2c.ts'
import { MendedKeys } from './mended-keys.ts'
import { type Mpr121Port, openMpr121 } from './mpr121.ts'

/** What a profile says to an MPR121 on an I2C of this computer. */
export interface LinuxTouchProfile {
  bus: number
  address: number
  electrodes: Readonly<Partial<Record<Key, number>>>
}

/** A finger at the edge of being felt: two looks at the chip. */
const waverMs = 50

/** Capacitive touch by an MPR121, without a driver of the kernel and without root. */
export function openLinuxTouch(own: LinuxTouchProfile, context: PanelContext): Keys {
  const { bus, address, electrodes } = own
  const { clock, log } = context
  const where = `MPR121 at ${hex(address)} on /dev/i2c-${bus}`
  /** The bus says where the trouble is; what the chip says of itself does not. */
  const placed = (error: unknown): Error =>
    error instanceof HardwareError && !error.message.includes('/dev/')
      ? new HardwareError(`${where}: ${error.message}`, { cause: error })
      : (error as Error)
  return new MendedKeys({
    what: `keys of the ${where}`,
    keys: Object.keys(electrodes) as Key[],
    debounceMs: waverMs,
    async open(tell, fail) {
      const i2c = await openI2c(bus, context)
      const port: Mpr121Port = {
        write: (bytes) => i2c.write(address, bytes),
        writeRead: (bytes, length) => i2c.writeRead(address, bytes, length),
      }
      try {
        return await openMpr121(port, electrodes, tell, (error) => fail(placed(error)), clock)
      } catch (error) {
        throw placed(error)
      }
    },
    clock,
    log,
  })
}
