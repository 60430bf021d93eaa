import type { Face, Key } from '../../domain/words.ts'
import type { Keys } from '../../ports/panel.ts'
import { fiveTouchPort } from '../boards/five-touch.ts'
import { onUsbBoard, shareUsbBoard, type UsbWorld, usbBoardOpened } from '../boards/usb-board.ts'
import type { PanelContext } from '../drivers.ts'
import { MendedKeys } from './mended-keys.ts'
import { openMpr121 } from './mpr121.ts'

/** What a profile says to an MPR121 on an Arduino. */
export interface UsbTouchProfile {
  device: string
  address: number
  electrodes: Readonly<Record<Face, number> & Partial<Record<Key, number>>>
}

/** An MPR121 on an Arduino with Firmata, by johnny-five. */
export async function openUsbTouch(
  own: UsbTouchProfile,
  context: PanelContext,
  world?: UsbWorld,
): Promise<Keys> {
  const shared = await shareUsbBoard(own.device, context, world)
  const { clock, log } = context
  return new MendedKeys({
    what: 'touch keys on the Arduino',
    keys: Object.keys(own.electrodes) as Key[],
    debounceMs: 0,
    open: (tell, fail, signal) =>
      onUsbBoard(shared, fail, signal, async ({ board, watch }) => {
        const wires = 'A4 and A5 of an Uno or Nano, 20 and 21 of a Mega'
        const port = fiveTouchPort(board.five, own.address, { clock, wires })
        const chip = await openMpr121(port, own.electrodes, tell, fail, clock)
        return {
          async [Symbol.asyncDispose]() {
            watch[Symbol.dispose]()
            await chip[Symbol.asyncDispose]()
          },
        }
      }),
    sooner: (signal) => usbBoardOpened(shared, signal),
    clock,
    log,
  })
}
