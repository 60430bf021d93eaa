import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** As tests and measurements see it, which start in the project's folder. */
const source = 'test/system/avr/runner.c'

/** That of an Uno or Nano, and that of a Mega. */
export type ArduinoChip = 'atmega328p' | 'atmega2560'

function firmwareOf(chip: ArduinoChip): string {
  return `hardware/firmware/faccina-panel-${chip}.hex`
}

/**
 * An Arduino Uno or Mega on a pseudo terminal, as a child of the test: Debian's libsimavr runs the firmware
 * that is flashed. Needs gcc, libsimavr-dev, libelf-dev, and the right to make a link in /dev.
 */
export class EmulatedArduino implements AsyncDisposable {
  /** A name as the kernel gives it, so that its coming is noticed. */
  readonly path: string
  /** What the pixels have shown, in bytes as they came. */
  readonly frames: Uint8Array[] = []
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #said: ((line: string) => void)[] = []

  private constructor(path: string, pixelPin: number, chip: ArduinoChip) {
    this.path = path
    this.#folder = mkdtempSync(join(tmpdir(), 'faccina-avr-'))
    const runner = join(this.#folder, 'runner')
    const libraries = ['-lsimavr', '-lelf', '-lutil']
    execFileSync('gcc', ['-O2', '-Wall', '-I/usr/include/simavr', '-o', runner, source, ...libraries])
    this.#child = spawn(runner, [chip, firmwareOf(chip), path, String(pixelPin)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.#hear(line))
    this.#child.on('exit', () => this.#hear('ended'))
  }

  static async start(pixelPin: number, chip: ArduinoChip = 'atmega328p'): Promise<EmulatedArduino> {
    const arduino = new EmulatedArduino(`/dev/ttyACM${900 + (process.pid % 100)}`, pixelPin, chip)
    await arduino.#line('ready')
    return arduino
  }

  /** Does something of what runner.c lists, and waits until it is done. */
  async do(command: string): Promise<void> {
    const done = this.#line(`done ${command}`)
    this.#child.stdin!.write(`${command}\n`)
    await done
  }

  /** Resolves when the pixels are told something, be it the same again. */
  nextFrame(): Promise<void> {
    return this.#line('a frame', 20_000, (line) => line.startsWith('frame '))
  }

  /** The last frame of so many pixels, as red, green and blue; those of the order GRB. */
  frame(pixels: number): number[] {
    const last = this.frames.findLast((bytes) => bytes.length === 3 * pixels) ?? new Uint8Array()
    const rgb: number[] = []
    for (let i = 0; i < last.length; i += 3) rgb.push(last[i + 1]!, last[i]!, last[i + 2]!)
    return rgb
  }

  #hear(line: string): void {
    if (line.startsWith('frame ')) this.frames.push(Buffer.from(line.slice('frame '.length), 'hex'))
    for (const hear of [...this.#said]) hear(line)
  }

  #line(wanted: string, ms = 20_000, isIt = (line: string) => line === wanted): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        this.#said.splice(this.#said.indexOf(hear), 1)
        settle()
      }
      const hear = (line: string) => {
        if (isIt(line)) finish(resolve)
        else if (line === 'ended')
          finish(() => reject(new Error(`the runner ended before it said: ${wanted}`)))
      }
      const timer = setTimeout(() => finish(() => reject(new Error(`not within ${ms} ms: ${wanted}`))), ms)
      this.#said.push(hear)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit')
      this.#child.stdin!.end()
      await ended
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
