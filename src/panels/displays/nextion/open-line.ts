import type { PanelContext } from '../../drivers.ts'
import { HardwareError } from '../../errors.ts'
import { Mended } from '../../mended.ts'
import { findSerial } from '../../serial/find-serial.ts'
import { type OpenSerialOptions, openSerial } from '../../serial/open-serial.ts'
import { serialPluggedIn } from '../../serial/plugged-in.ts'
import { greet } from './greet.ts'
import { NextionLine } from './line.ts'
import { Wire } from './wire.ts'

/** What a profile says about the display. */
export interface NextionProfile {
  device: string
  baud: string
}

export interface LineOptions extends Pick<OpenSerialOptions, 'make' | 'root'> {}

/** The line of one display, for the parts of one panel that are on it. */
export function shareNextion(
  own: NextionProfile,
  context: PanelContext,
  options: LineOptions = {},
): Promise<Mended<NextionLine>> {
  return context.share(`nextion ${own.device}`, () => mendedLine(own, context, options))
}

function mendedLine(
  { device, baud }: NextionProfile,
  { clock, log }: PanelContext,
  { make, root }: LineOptions,
): Mended<NextionLine> {
  let last: string | undefined
  const baudRate = Number(baud)
  return new Mended({
    what: device === 'auto' ? 'Nextion display' : `Nextion display on ${device}`,
    clock,
    log,
    sooner: (signal) => serialPluggedIn(signal, root),
    async open(fail, signal) {
      const path = await findSerial(device, 'nextion', { last, ...(root !== undefined && { root }) })
      last = path
      const port = await openSerial(path, {
        baudRate,
        ...(make && { make }),
        ...(root !== undefined && { root }),
      })
      const wire = new Wire(port, clock, (error) => fail(unplugged(path, error)))
      let opened: AsyncDisposable = wire
      try {
        const greeting = await greet({ wire, path, baudRate, clock, log, signal })
        const line = new NextionLine({ wire, greeting, path, clock, log, fail })
        opened = line
        await line.begin()
        return line
      } catch (error) {
        await opened[Symbol.asyncDispose]()
        throw error
      }
    },
  })
}

function unplugged(path: string, cause: Error): HardwareError {
  return new HardwareError(
    `${path} is gone (${cause.message}): it is awaited; look at the plug of the display`,
    {
      cause,
    },
  )
}
