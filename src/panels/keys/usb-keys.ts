import { type Face, faces, type Key } from '../../domain/words.ts'
import type { Keys } from '../../ports/panel.ts'
import { fiveContacts } from '../boards/five-contacts.ts'
import { onUsbBoard, shareUsbBoard, type UsbWorld, usbBoardOpened } from '../boards/usb-board.ts'
import type { PanelContext } from '../drivers.ts'
import { MendedKeys } from './mended-keys.ts'

/** What a profile says to buttons on an Arduino. */
export interface UsbKeysProfile {
  device: string
  pins: Readonly<Record<Face, number> & Partial<Record<Key, number>>>
  pull: 'up' | 'none'
  active: 'low' | 'high'
  debounceMs: number
}

/** Buttons on an Arduino with Firmata, by johnny-five. */
export async function openUsbKeys(
  own: UsbKeysProfile,
  context: PanelContext,
  world?: UsbWorld,
): Promise<Keys> {
  const shared = await shareUsbBoard(own.device, context, world)
  const { clock, log } = context
  return new MendedKeys({
    what: 'keys on the Arduino',
    keys: inOrder(own.pins),
    debounceMs: own.debounceMs,
    async open(tell, fail, signal) {
      const { board, watch } = await onUsbBoard(shared, fail, signal)
      const contacts = open(watch, () => fiveContacts(board.five, own, tell))
      return {
        async [Symbol.asyncDispose]() {
          watch[Symbol.dispose]()
          await contacts[Symbol.asyncDispose]()
        },
      }
    },
    sooner: (signal) => usbBoardOpened(shared, signal),
    clock,
    log,
  })
}

function inOrder(pins: UsbKeysProfile['pins']): Key[] {
  const others = (Object.keys(pins) as Key[]).filter((key) => !(faces as readonly Key[]).includes(key))
  return [...faces, ...others]
}

/** Nothing is left behind when a pin of the profile does not exist. */
function open<T>(watch: Disposable, make: () => T): T {
  try {
    return make()
  } catch (error) {
    watch[Symbol.dispose]()
    throw error
  }
}
