import { access, readFile } from 'node:fs/promises'
import type { LightsPort } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'
import { HardwareError } from '../errors.ts'
import { Mended } from '../mended.ts'
import { type Import, loadOptional } from '../optional.ts'
import { type Pi, readPi } from '../pi.ts'
import type { PixelsProfile } from '../profile/parts.ts'
import { chainLength, inOrder } from './layout.ts'
import { pixelLights } from './pixel-lights.ts'
import type { PixelSink } from './sinks.ts'
import { spiHz, streamLength, ws2812Stream } from './ws2812-spi.ts'

/** WS2812 on the data line of an SPI, without root. */
export function openSpiPixels(own: PixelsProfile & { device: string }, context: PanelContext): LightsPort {
  const { clock, log } = context
  const options = { device: own.device, count: chainLength(own), order: own.order }
  const what = `lights on ${own.device}`
  return pixelLights(own, new Mended({ what, open: () => openSpiSink(options), clock, log }), context)
}

export interface SpiSinkOptions {
  device: string
  count: number
  order: PixelsProfile['order']
}

/** What it finds around it; tests put other things in their place. */
export interface SpiWorld {
  load?: Import
  pi?: () => Promise<Pi | undefined>
  isThere?: (path: string) => Promise<boolean>
  /** How many bytes spidev sends at once. */
  bufferBytes?: () => Promise<number>
}

/** The package spi-device, as far as it is used. */
interface SpiModule {
  openSync(bus: number, device: number, options: { mode: 0; maxSpeedHz: number }): SpiDevice
}

interface SpiDevice {
  transfer(message: SpiMessage, done: (error: Error | null | undefined) => void): void
  transferSync(message: SpiMessage): void
  closeSync(): void
}

type SpiMessage = { sendBuffer: Buffer; byteLength: number; speedHz: number }[]

/** Rejects with a `HardwareError`. */
export async function openSpiSink(options: SpiSinkOptions, world: SpiWorld = {}): Promise<PixelSink> {
  const { load, pi = readPi, isThere = exists, bufferBytes = spidevBuffer } = world
  const { device, count } = options
  const [, bus, select] = /^\/dev\/spidev(\d+)\.(\d+)$/.exec(device) ?? []
  if (bus === undefined || select === undefined)
    throw new HardwareError(`${device} is no SPI: the profile must name one such as /dev/spidev0.0`)
  const spi = await loadOptional<SpiModule>('spi-device', load)
  if (!(await isThere(device))) throw new HardwareError(absent(device, await pi()))
  const needed = streamLength(3 * count)
  const most = await bufferBytes()
  if (needed > most) throw new HardwareError(tooLong(needed, most, count))
  try {
    return new SpiSink(spi.openSync(Number(bus), Number(select), { mode: 0, maxSpeedHz: spiHz }), options)
  } catch (cause) {
    throw new HardwareError(refused(device, cause), { cause })
  }
}

class SpiSink implements PixelSink {
  readonly #spi: SpiDevice
  readonly #options: SpiSinkOptions
  #open = true

  constructor(spi: SpiDevice, options: SpiSinkOptions) {
    this.#spi = spi
    this.#options = options
    // The pixels go on shining when the program ends, however it ends.
    process.once('exit', this.#darken)
  }

  write(frame: Uint8Array): Promise<void> {
    const { device, order } = this.#options
    return new Promise((resolve, reject) => {
      if (!this.#open) return resolve()
      const done = (cause: unknown) => {
        if (!cause) return resolve()
        reject(new HardwareError(`${device} did not send a frame (${said(cause)})`, { cause }))
      }
      try {
        this.#spi.transfer(message(ws2812Stream(inOrder(frame, order))), done)
      } catch (cause) {
        done(cause)
      }
    })
  }

  readonly #darken = () => {
    if (!this.#open) return
    this.#open = false
    process.removeListener('exit', this.#darken)
    const dark = message(ws2812Stream(new Uint8Array(3 * this.#options.count)))
    // Nobody is left who could do anything about it.
    for (const last of [() => this.#spi.transferSync(dark), () => this.#spi.closeSync()]) {
      try {
        last()
      } catch {}
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#darken()
  }
}

function message(stream: Uint8Array): SpiMessage {
  const sendBuffer = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength)
  return [{ sendBuffer, byteLength: sendBuffer.length, speedHz: spiHz }]
}

const config = '/boot/firmware/config.txt'

function absent(device: string, pi: Pi | undefined): string {
  const lines = ['dtparam=spi=on', ...coreLines(pi)]
  const instead =
    pi?.chip === 5
      ? '; on this Pi choose the lights of the profile arcade-pi5: over SPI they may flicker'
      : ''
  return `${device} is not there: write ${lines.join(', ')} into ${config} and restart${instead}`
}

/** The clock of the SPI is made of that of the core, which on these must not change with the load. */
function coreLines(pi: Pi | undefined): string[] {
  if (pi?.chip === 3) return ['core_freq=250']
  if (pi?.chip === 4) return ['core_freq=500', 'core_freq_min=500']
  return []
}

function tooLong(needed: number, most: number, count: number): string {
  const bufsiz = 2 ** Math.ceil(Math.log2(needed))
  return `${count} pixels need ${needed} bytes at once, and spidev sends ${most}: write spidev.bufsiz=${bufsiz} into /boot/firmware/cmdline.txt and restart`
}

function refused(device: string, cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'EACCES' || code === 'EPERM')
    return `${device} may not be opened: the user of this program must be in the group spi (usermod -aG spi USER)`
  if (code === 'EBUSY') return `${device} is used by another program`
  return `${device} cannot be opened (${said(cause)})`
}

function said(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? (cause instanceof Error ? cause.message : String(cause))
}

/** 4096 unless the kernel was told otherwise. */
async function spidevBuffer(): Promise<number> {
  const found = await readFile('/sys/module/spidev/parameters/bufsiz', 'utf8').catch(() => '')
  return Number(found) || 4096
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
