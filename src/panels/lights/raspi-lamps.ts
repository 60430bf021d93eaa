import { type Face, faces } from '../../domain/words.ts'
import type { LightsPort } from '../../ports/panel.ts'
import { fiveLamps } from '../boards/five-lamps.ts'
import { type MakeIo, raspiBoard } from '../boards/raspi-board.ts'
import { raspiLines } from '../boards/raspi-lines.ts'
import type { PanelContext } from '../drivers.ts'
import { Mended } from '../mended.ts'
import { lampLights } from './lamp-lights.ts'
import type { LampSink } from './sinks.ts'

/** What a profile says to lamps on the Pi's own lines. */
export interface RaspiLampsProfile {
  pins: Readonly<Record<Face, number>>
  active: 'high' | 'low'
}

/** Lamps on the Pi's own lines, by johnny-five on raspi-io: root, up to the Pi 4. */
export async function openRaspiLamps(
  { pins, active }: RaspiLampsProfile,
  context: PanelContext,
  makeIo?: MakeIo,
): Promise<LightsPort> {
  const { clock, log } = context
  const board = await raspiBoard(context, makeIo)
  const lines = await raspiLines(context)
  board.need({ lines: faces.map((face) => pins[face]), i2c: false })
  const names = Object.fromEntries(faces.map((face) => [face, `GPIO${pins[face]}`])) as Record<Face, string>
  const lamps = new Mended({
    what: 'lamps on the lines of the Pi',
    async open(fail, signal) {
      lines.claim(faces.map((face) => [pins[face], `lamp ${face}`]))
      return board.use('lamps', (five) => darkAtExit(fiveLamps(five, { pins: names, active })), fail, signal)
    },
    clock,
    log,
  })
  return lampLights(lamps, context)
}

/** A lamp goes on shining when the program ends, however it ends. */
function darkAtExit(lamps: LampSink): LampSink {
  const darken = () => void lamps[Symbol.asyncDispose]()
  process.once('exit', darken)
  return {
    write: (levels) => lamps.write(levels),
    async [Symbol.asyncDispose]() {
      process.removeListener('exit', darken)
      await lamps[Symbol.asyncDispose]()
    },
  }
}
