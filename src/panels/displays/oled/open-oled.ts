import type { Display } from '../../../ports/panel.ts'
import type { PanelContext } from '../../drivers.ts'
import { hex, type I2cBus, openI2c } from '../../i2c.ts'
import { Mended } from '../../mended.ts'
import { drawnDisplay } from '../drawn-display.ts'
import type { ScreenSink } from '../screen-sink.ts'
import type { Bitmap } from './bitmap.ts'
import { oledPicture } from './oled-picture.ts'
import { openOledSink } from './oled-sink.ts'

/** What a profile says to it. */
export interface OledProfile {
  bus: number
  address: number
  chip: 'ssd1306' | 'sh1106'
  size: '128x64' | '128x32'
  upsideDown: 'no' | 'yes'
  contrastPercent: number
}

/** A small display of bits: SSD1306 or SH1106 over I2C. */
export function openOled(
  own: OledProfile,
  context: PanelContext,
  openBus: (bus: number, context: PanelContext) => Promise<I2cBus> = openI2c,
): Display {
  const { address, chip, contrastPercent, bus } = own
  const [width, height] = own.size.split('x').map(Number) as [number, number]
  const upsideDown = own.upsideDown === 'yes'
  const piece = new Mended<ScreenSink<Bitmap>>({
    what: `display ${chip} at ${hex(address)}`,
    open: async () =>
      openOledSink(await openBus(bus, context), context.clock, {
        address,
        chip,
        width,
        height,
        upsideDown,
        contrastPercent,
      }),
    clock: context.clock,
    log: context.log,
  })
  const size = { width, height }
  return drawnDisplay(piece, (scene, now, since) => oledPicture(scene, now, size, since), context)
}
