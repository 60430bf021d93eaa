import type { Edge } from '../../domain/press-filter.ts'
import { type Face, faces, type Key } from '../../domain/words.ts'
import type { Keys } from '../../ports/panel.ts'
import { fiveContacts } from '../boards/five-contacts.ts'
import {
  onUsbBoard,
  shareUsbBoard,
  type UsbBoard,
  type UsbWorld,
  usbBoardOpened,
} from '../boards/usb-board.ts'
import type { PanelContext } from '../drivers.ts'
import type { Mended } from '../mended.ts'
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
    open: (tell, fail, signal) => openContacts(own, shared, { tell, fail, signal }),
    sooner: (signal) => usbBoardOpened(shared, signal),
    clock,
    log,
  })
}

function inOrder(pins: UsbKeysProfile['pins']): Key[] {
  const others = (Object.keys(pins) as Key[]).filter((key) => !(faces as readonly Key[]).includes(key))
  return [...faces, ...others]
}

interface Attempt {
  tell: (key: Key, edge: Edge['edge']) => void
  fail: (error: Error) => void
  signal: AbortSignal
}

/** Resolves when the board has said of each key what it is. */
async function openContacts(
  own: UsbKeysProfile,
  shared: Mended<UsbBoard>,
  { tell, fail, signal }: Attempt,
): Promise<AsyncDisposable> {
  let lose = (_: Error) => {}
  const lost = new Promise<never>((_, reject) => {
    lose = reject
  })
  lost.catch(() => {})
  const gone = (error: Error) => {
    lose(error)
    fail(error)
  }
  const stop = () => lose(new Error('nobody wants it any longer'))
  return onUsbBoard(shared, gone, signal, async ({ board, watch }) => {
    const contacts = fiveContacts(board.five, own, tell)
    const end = async () => {
      watch[Symbol.dispose]()
      await contacts[Symbol.asyncDispose]()
    }
    signal.addEventListener('abort', stop)
    try {
      if (signal.aborted) stop()
      await Promise.race([contacts.heard, lost])
      return { [Symbol.asyncDispose]: end }
    } catch (error) {
      await end()
      throw error
    } finally {
      // One that is opened again for years must not leave a listener behind each time.
      signal.removeEventListener('abort', stop)
    }
  })
}
