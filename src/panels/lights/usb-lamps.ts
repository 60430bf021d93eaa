import type { Face } from '../../domain/words.ts'
import type { LightsPort } from '../../ports/panel.ts'
import { fiveLamps } from '../boards/five-lamps.ts'
import {
  onUsbBoard,
  shareUsbBoard,
  type UsbBoard,
  type UsbWorld,
  usbBoardOpened,
} from '../boards/usb-board.ts'
import type { PanelContext } from '../drivers.ts'
import { Mended } from '../mended.ts'
import { lampLights } from './lamp-lights.ts'
import type { LampSink } from './sinks.ts'

/** What a profile says to lamps on an Arduino. */
export interface UsbLampsProfile {
  device: string
  pins: Readonly<Record<Face, number>>
  active: 'high' | 'low'
}

/** Lamps on an Arduino with Firmata, by johnny-five. */
export async function openUsbLamps(
  own: UsbLampsProfile,
  context: PanelContext,
  world?: UsbWorld,
): Promise<LightsPort> {
  const shared = await shareUsbBoard(own.device, context, world)
  const { clock, log } = context
  const piece = new Mended<LampSink>({
    what: 'lamps on the Arduino',
    open: (fail, signal) =>
      onUsbBoard(shared, fail, signal, ({ board, watch }) => lampSink(own, board, watch)),
    sooner: (signal) => usbBoardOpened(shared, signal),
    clock,
    log,
  })
  return lampLights(piece, context)
}

function lampSink(own: UsbLampsProfile, { five, wire }: UsbBoard, watch: Disposable): LampSink {
  const lamps = fiveLamps(five, own)
  return {
    async write(levels) {
      await lamps.write(levels)
      // Lit is what the board has taken.
      await wire.request(new Uint8Array())
    },
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]()
      await lamps[Symbol.asyncDispose]()
      await wire.request(new Uint8Array())
    },
  }
}
