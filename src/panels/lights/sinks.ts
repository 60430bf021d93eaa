import type { Face } from '../../domain/words.ts'

/** Pixels on a chain. Disposing of it leaves them dark, as far as it still can. */
export interface PixelSink extends AsyncDisposable {
  /** Shows a frame: red, green, blue of each pixel in the order of the chain, 0 to 255. */
  write(frame: Uint8Array): Promise<void>
}

/** One lamp for each face. Disposing of it leaves them dark, as far as it still can. */
export interface LampSink extends AsyncDisposable {
  /** None of them can be dimmed: they are told only to be on or off. */
  readonly onOff?: boolean
  /** Sets all lamps, 0 (dark) to 1. A lamp that knows only on and off is on from ½. */
  write(levels: Readonly<Record<Face, number>>): Promise<void>
}
