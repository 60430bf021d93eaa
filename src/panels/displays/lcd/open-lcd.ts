import type { Display } from '../../../ports/panel.ts'
import type { PanelContext } from '../../drivers.ts'
import { hex, type I2cBus, openI2c } from '../../i2c.ts'
import { Mended } from '../../mended.ts'
import { drawnDisplay } from '../drawn-display.ts'
import type { ScreenSink } from '../screen-sink.ts'
import { type LcdPicture, lcdPicture } from './lcd-picture.ts'
import { openLcdSink } from './lcd-sink.ts'

/** What a profile says to it. */
export interface LcdProfile {
  bus: number
  address: number
  size: '16x2' | '20x4'
}

/** A display of letters: HD44780 behind a PCF8574 on I2C. */
export function openLcd(
  { address, size, bus }: LcdProfile,
  context: PanelContext,
  openBus: (bus: number, context: PanelContext) => Promise<I2cBus> = openI2c,
): Display {
  const [columns, rows] = size.split('x').map(Number) as [number, number]
  const { clock, log } = context
  const piece = new Mended<ScreenSink<LcdPicture>>({
    what: `display LCD ${size} at ${hex(address)}`,
    open: async () => openLcdSink(await openBus(bus, context), clock, { address, columns, rows }),
    clock,
    log,
  })
  return drawnDisplay(piece, (scene, now, since) => lcdPicture(scene, now, { columns, rows }, since), context)
}
