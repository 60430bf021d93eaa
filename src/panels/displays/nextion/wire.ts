import type { Clock } from '../../../ports/clock.ts'
import { Listeners } from '../../listeners.ts'
import { closeSerial, type Serial } from '../../serial/open-serial.ts'
import { type Frame, FrameReader } from './frames.ts'

/** The serial port as messages in and bytes out. */
export class Wire implements AsyncDisposable {
  readonly #port: Serial
  readonly #clock: Clock
  readonly #reader = new FrameReader()
  readonly #frames = new Listeners<[Frame]>()

  /** @param gone is called, perhaps again and again, once the port does not work any more */
  constructor(port: Serial, clock: Clock, gone: (error: Error) => void) {
    this.#port = port
    this.#clock = clock
    port.on('error', gone)
    port.on('close', (error?: Error | null) => gone(error ?? new Error('the port was closed')))
    port.on('data', (bytes: Uint8Array) => {
      for (const frame of this.#reader.push(bytes, clock.now().mono)) this.#frames.call(frame)
    })
  }

  /** Whether the port is open. */
  get alive(): boolean {
    return this.#port.isOpen
  }

  onFrame(listener: (frame: Frame) => void): Disposable {
    return this.#frames.add(listener)
  }

  send(bytes: Uint8Array): void {
    // What goes wrong shows in `error` or `close`, or in that no answer comes.
    if (this.#port.isOpen) this.#port.write(Buffer.from(bytes), () => {})
  }

  /** Resolves with the first message of a kind; with undefined if none comes in time, or at the signal. */
  next<Kind extends Frame['is']>(
    kind: Kind,
    ms: number,
    signal: AbortSignal,
  ): Promise<Extract<Frame, { is: Kind }> | undefined> {
    return new Promise((resolve) => {
      const end = (frame?: Frame) => {
        alarm[Symbol.dispose]()
        listening[Symbol.dispose]()
        signal.removeEventListener('abort', aborted)
        resolve(frame as Extract<Frame, { is: Kind }> | undefined)
      }
      const aborted = () => end()
      const alarm = this.#clock.alarm(this.#clock.now().mono + ms, aborted)
      const listening = this.onFrame((frame) => {
        if (frame.is === kind) end(frame)
      })
      signal.addEventListener('abort', aborted)
      if (signal.aborted) end()
    })
  }

  /** From now on it speaks and listens at another speed. */
  setSpeed(baudRate: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#port.update({ baudRate }, (error) => (error ? reject(error) : resolve()))
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return closeSerial(this.#port)
  }
}
