import type { LightsPort } from '../../ports/panel.ts'
import {
  concat,
  configMessage,
  darkMessage,
  frameMessages,
  lastPixelPin,
  mostPixels,
  showMessage,
} from '../boards/pixel-messages.ts'
import {
  onUsbBoard,
  shareUsbBoard,
  type UsbBoard,
  type UsbWorld,
  usbBoardOpened,
} from '../boards/usb-board.ts'
import type { PanelContext } from '../drivers.ts'
import { HardwareError } from '../errors.ts'
import { Mended } from '../mended.ts'
import type { PixelsProfile } from '../profile/parts.ts'
import { chainLength, inOrder } from './layout.ts'
import { pixelLights } from './pixel-lights.ts'
import type { PixelSink } from './sinks.ts'

/** What a profile says to WS2812 on an Arduino. */
export type UsbPixelsProfile = PixelsProfile & { device: string; pin: number }

/** WS2812 on an Arduino whose firmware knows them. */
export async function openUsbPixels(
  own: UsbPixelsProfile,
  context: PanelContext,
  world?: UsbWorld,
): Promise<LightsPort> {
  const shared = await shareUsbBoard(own.device, context, world)
  const { clock, log } = context
  const piece = new Mended<PixelSink>({
    what: 'lights on the Arduino',
    open: (fail, signal) =>
      onUsbBoard(shared, fail, signal, async ({ board, watch }) => {
        const sink = await openPixelSink(own, board)
        return { write: (frame) => sink.write(frame), [Symbol.asyncDispose]: () => end(sink, watch) }
      }),
    sooner: (signal) => usbBoardOpened(shared, signal),
    clock,
    log,
  })
  return pixelLights(own, piece, context)
}

/** What firmwares with pixels call themselves: ours, and the one of node-pixel, which takes the same messages. */
const firmwaresWithPixels: readonly string[] = ['faccina-panel', 'node_pixel_firmata.ino']

function end(sink: PixelSink, watch: Disposable): PromiseLike<void> {
  watch[Symbol.dispose]()
  return sink[Symbol.asyncDispose]()
}

/** Rejects with a `HardwareError`. */
export async function openPixelSink(own: UsbPixelsProfile, board: UsbBoard): Promise<PixelSink> {
  const count = chainLength(own)
  const { path, firmware } = board
  if (!firmwaresWithPixels.includes(firmware)) throw new HardwareError(noPixels(path, firmware))
  if (own.pin > lastPixelPin)
    throw new HardwareError(
      `${path}: pixels can be on the pins 2 to ${lastPixelPin}, not on ${own.pin}: choose another one in the profile`,
    )
  if (count > mostPixels)
    throw new HardwareError(
      `${path}: ${count} pixels are more than an Arduino has memory for (${mostPixels}): use fewer for each face`,
    )
  const sink = new UsbPixels(own, board)
  await sink.begin(count)
  return sink
}

function noPixels(path: string, firmware: string): string {
  return `${path}: its firmware (${firmware}) knows no pixels: flash ours as hardware/firmware/README.md says, or choose lamps in the profile`
}

class UsbPixels implements PixelSink {
  readonly #own: UsbPixelsProfile
  readonly #board: UsbBoard
  readonly #noise: Disposable
  /** What the firmware holds, while it is known. */
  #held: Uint8Array | undefined
  #shown: Uint8Array | undefined
  #open = true

  constructor(own: UsbPixelsProfile, board: UsbBoard) {
    this.#own = own
    this.#board = board
    this.#noise = board.wire.onNoise(() => this.#repeat())
    // The pixels go on shining when the program ends, however it ends.
    process.once('exit', this.#atExit)
  }

  /** Tells the firmware of the chain, and darkens whatever is lit from an earlier life. */
  async begin(count: number): Promise<void> {
    this.#shown = new Uint8Array(3 * count)
    await this.#board.wire.request(concat([configMessage(this.#own.pin, count), darkMessage]))
    this.#held = this.#shown
  }

  async write(frame: Uint8Array): Promise<void> {
    if (!this.#open) return
    const next = inOrder(frame, this.#own.order).slice()
    const changes = frameMessages(next, this.#held)
    this.#held = next
    this.#shown = next
    if (changes.length > 0) await this.#board.wire.request(concat([changes, showMessage]))
  }

  /** What was sent may have suffered from the noise, too. */
  #repeat(): void {
    if (!this.#open || !this.#shown) return
    void this.#board.wire.request(concat([frameMessages(this.#shown, undefined), showMessage]))
  }

  readonly #atExit = () => {
    if (this.#open) this.#board.wire.writeNow(darkMessage)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return
    this.#open = false
    process.removeListener('exit', this.#atExit)
    this.#noise[Symbol.dispose]()
    await this.#board.wire.request(darkMessage)
  }
}
