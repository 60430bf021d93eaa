import { HardwareError } from '../errors.ts'
import { type Import, loadOptional } from '../optional.ts'
import { abilities, type Pi, readPi } from '../pi.ts'
import type { PixelsProfile } from '../profile/parts.ts'
import type { PixelSink } from './sinks.ts'

export interface Ws281xOptions {
  /** SPI (10) or PCM (21). */
  gpio: '10' | '21'
  count: number
  order: PixelsProfile['order']
}

/** What it finds around it; tests put other things in their place. */
export interface Ws281xWorld {
  uid?: number | undefined
  pi?: () => Promise<Pi | undefined>
  load?: Import
}

/** The package's own words, as far as we use them (its `lib/ws281x-native.js`). */
interface Ws281x {
  (
    count: number,
    options: { dma: number; freq: number; gpio: number; brightness: number; stripType: string },
  ): { array: Uint32Array }
  render(): void
  finalize(): void
}

/** The package's default, 5, is the SD card's on some Pis. */
const dma = 10
const freq = 800_000

/**
 * WS281x by rpi-ws281x-native. Everything that it would only pretend to do is refused.
 * Rejects with a `HardwareError`.
 */
export async function openWs281x(options: Ws281xOptions, world: Ws281xWorld = {}): Promise<PixelSink> {
  const { uid = process.getuid?.(), pi = readPi, load } = world
  if (uid !== 0) throw new HardwareError(notRoot)
  const found = await pi()
  if (!found) throw new HardwareError(noPi)
  if (!abilities(found).ws281xNative) throw new HardwareError(unsupported(found))
  const ws281x = await loadOptional<Ws281x>(name, load)
  return new Ws281xSink(ws281x, begin(ws281x, options, found))
}

function begin(ws281x: Ws281x, options: Ws281xOptions, pi: Pi): Uint32Array {
  const { count, gpio, order } = options
  const stripType = `ws2811-${order.toLowerCase()}`
  try {
    return ws281x(count, { dma, freq, gpio: Number(gpio), brightness: 255, stripType }).array
  } catch (cause) {
    throw new HardwareError(whyNot(cause, gpio, pi), { cause })
  }
}

class Ws281xSink implements PixelSink {
  readonly #ws281x: Ws281x
  readonly #pixels: Uint32Array
  #open = true

  constructor(ws281x: Ws281x, pixels: Uint32Array) {
    this.#ws281x = ws281x
    this.#pixels = pixels
    // The pixels go on shining when the program ends, however it ends.
    process.once('exit', this.#darken)
  }

  async write(frame: Uint8Array): Promise<void> {
    if (!this.#open) return
    for (let i = 0; i < this.#pixels.length; i++) {
      const [red, green, blue] = [frame[3 * i] ?? 0, frame[3 * i + 1] ?? 0, frame[3 * i + 2] ?? 0]
      this.#pixels[i] = (red << 16) | (green << 8) | blue
    }
    try {
      this.#ws281x.render()
    } catch (cause) {
      throw new HardwareError(`${name}: ${said(cause)} while it sent a frame`, { cause })
    }
  }

  readonly #darken = () => {
    if (!this.#open) return
    this.#open = false
    process.removeListener('exit', this.#darken)
    this.#pixels.fill(0)
    // Nobody is left who could do anything about it.
    for (const last of [this.#ws281x.render, this.#ws281x.finalize]) {
      try {
        last()
      } catch {}
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#darken()
  }
}

const name = 'rpi-ws281x-native'

const notRoot = `refused: without root ${name} would only pretend to light anything; run as root, or choose lights over SPI, as the profile arcade-linux does`

const noPi = `refused: this is no Raspberry Pi (it has no /proc/device-tree/system/linux,revision), and ${name} works on nothing else`

function unsupported({ name: model, revision, chip }: Pi): string {
  const instead =
    chip === 5 || chip === 'unknown'
      ? 'choose the lights of the profile arcade-pi5, by the kernel; over SPI they may flicker there'
      : 'choose lights over SPI, as the profile arcade-linux does'
  return `${name} does not support the revision ${revision} (${model}): ${instead}`
}

/** Says what to look at, by the words of its C library (`ws2811.h`). */
function whyNot(cause: unknown, gpio: '10' | '21', pi: Pi): string {
  const words = said(cause)
  if (words.includes('revision is not supported')) return unsupported(pi)
  if (words.includes('SPI'))
    return `${name}: ${words}: put dtparam=spi=on into /boot/firmware/config.txt, and let nothing else use /dev/spidev0.0`
  return `${name} on GPIO ${gpio}: ${words}: is another program driving pixels, or DMA channel ${dma}?`
}

function said(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
