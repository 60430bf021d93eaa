import type { LightsPort } from '../../ports/panel.ts'
import { raspiLines } from '../boards/raspi-lines.ts'
import type { PanelContext } from '../drivers.ts'
import { Mended } from '../mended.ts'
import type { PixelsProfile } from '../profile/parts.ts'
import { pixelLights } from './pixel-lights.ts'
import { openWs281x, type Ws281xOptions, type Ws281xWorld } from './ws281x.ts'

/** WS281x by rpi-ws281x-native: root, and not on every Pi. */
export function openRaspiPixels(
  own: PixelsProfile & Pick<Ws281xOptions, 'gpio'>,
  context: PanelContext,
  world: Ws281xWorld = {},
): LightsPort {
  const { gpio, order, pixelsPerFace } = own
  const { clock, log } = context
  const pixels = new Mended({
    what: `lights on GPIO ${gpio}`,
    async open() {
      const lines = await raspiLines(context)
      lines.claim(linesOf(gpio))
      return openWs281x({ gpio, order, count: 3 * pixelsPerFace }, world)
    },
    clock,
    log,
  })
  return pixelLights(own, pixels, context)
}

/** The SPI takes all of its lines; the PCM only the one for the data. */
function linesOf(gpio: Ws281xOptions['gpio']): Map<number, string> {
  const held = gpio === '10' ? [7, 8, 9, 11] : []
  return new Map([
    [Number(gpio), 'data line of the lights'],
    ...held.map((line) => [line, 'part of the SPI of the lights'] as const),
  ])
}
