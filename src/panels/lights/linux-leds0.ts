import { closeSync, constants, openSync, writeSync, write as writeTo } from 'node:fs'
import { release } from 'node:os'
import { promisify } from 'node:util'
import type { LightsPort } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'
import { HardwareError } from '../errors.ts'
import { Mended } from '../mended.ts'
import type { PixelsProfile } from '../profile/parts.ts'
import { chainLength } from './layout.ts'
import { leds0Bytes } from './leds0-layout.ts'
import { pixelLights } from './pixel-lights.ts'
import type { PixelSink } from './sinks.ts'

/** WS2812 by the kernel of a Pi 5. */
export function openLeds0Pixels(own: PixelsProfile & { device: string }, context: PanelContext): LightsPort {
  const { clock, log } = context
  const options = { device: own.device, count: chainLength(own), order: own.order }
  const what = `lights on ${own.device}`
  return pixelLights(own, new Mended({ what, open: () => openLeds0Sink(options), clock, log }), context)
}

export interface Leds0Options {
  device: string
  count: number
  order: PixelsProfile['order']
}

/** Of the kernel, as `uname -r` has it. */
export interface Leds0World {
  kernel?: string
}

/**
 * A brightness of zero means: no brightness, no gamma, the bytes as they are. Kernels up to 6.12.55 know
 * nothing of that, and go dark.
 */
const asTheyAre = Uint8Array.of(0)
const firstKernel = [6, 12, 56] as const

/** Rejects with a `HardwareError`. */
export async function openLeds0Sink(options: Leds0Options, world: Leds0World = {}): Promise<PixelSink> {
  const { kernel = release() } = world
  const { device, count } = options
  let fd: number
  try {
    // Not 'w', which would make a file where there is no device.
    fd = openSync(device, constants.O_WRONLY)
  } catch (cause) {
    throw new HardwareError(refused(device, count, cause), { cause })
  }
  try {
    if (isOlder(kernel))
      throw new HardwareError(
        `the kernel ${kernel} would change the colours on ${device}: it must be newer than 6.12.55 (apt full-upgrade)`,
      )
    writeSync(fd, asTheyAre, 0, 1, 0)
    return new Leds0Sink(fd, options)
  } catch (error) {
    closeSync(fd)
    throw error instanceof HardwareError ? error : new HardwareError(refused(device, count, error))
  }
}

class Leds0Sink implements PixelSink {
  readonly #fd: number
  readonly #options: Leds0Options
  #open = true

  constructor(fd: number, options: Leds0Options) {
    this.#fd = fd
    this.#options = options
    // The pixels go on shining when the program ends, however it ends.
    process.once('exit', this.#darken)
  }

  async write(frame: Uint8Array): Promise<void> {
    if (!this.#open) return
    const { device, count, order } = this.#options
    const bytes = leds0Bytes(frame, order)
    try {
      await promisify(writeTo)(this.#fd, bytes, 0, bytes.length, 0)
    } catch (cause) {
      throw new HardwareError(refused(device, count, cause), { cause })
    }
  }

  readonly #darken = () => {
    if (!this.#open) return
    this.#open = false
    process.removeListener('exit', this.#darken)
    const dark = new Uint8Array(4 * this.#options.count)
    // Nobody is left who could do anything about it.
    for (const last of [() => writeSync(this.#fd, dark, 0, dark.length, 0), () => closeSync(this.#fd)]) {
      try {
        last()
      } catch {}
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#darken()
  }
}

function isOlder(kernel: string): boolean {
  const numbers = kernel.split(/[^\d]+/).map(Number)
  for (const [i, first] of firstKernel.entries()) {
    const number = numbers[i] ?? 0
    if (number !== first) return number < first
  }
  return false
}

const config = '/boot/firmware/config.txt'

function refused(device: string, count: number, cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException
  const line = `dtoverlay=ws2812-pio,gpio=10,num_leds=${count}`
  switch (code) {
    case 'ENOENT':
      return `${device} is not there: write ${line} into ${config} (a Pi 5, 500 or CM5 with a kernel newer than 6.12.55; without dtparam=spi=on) and restart`
    case 'EACCES':
    case 'EPERM':
      return `${device} may not be written: copy hardware/overlays/60-faccina.rules to /etc/udev/rules.d, and put the user of this program into the group gpio (usermod -aG gpio USER)`
    case 'EFBIG':
    case 'ENOSPC':
      return `${device} has fewer pixels than the profile, which has ${count}: write ${line} into ${config} and restart`
    default:
      return `${device} did not take a frame (${code ?? message})`
  }
}
