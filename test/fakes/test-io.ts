import { EventEmitter } from 'node:events'

/**
 * The smallest IO plugin that johnny-five works with: lines that a test pulls and looks at, and an I2C with
 * chips that a test gives it. As raspi-io does, it is ready after a turn, and takes a pull-up as a write to
 * an input.
 */
export class TestIo extends EventEmitter {
  readonly name = 'Test IO'
  readonly MODES = { INPUT: 0, OUTPUT: 1, ANALOG: 2, PWM: 3, SERVO: 4 } as const
  readonly HIGH = 1
  readonly LOW = 0
  readonly analogPins: number[] = []
  readonly pins: TestPin[]
  isReady = false
  /** What was asked of it, in words, for a test to look at. */
  readonly calls: string[] = []
  /** What is on the I2C, by its address; a test plugs and unplugs it here. */
  readonly chips: Map<number, TestChip>
  readonly #readers = new Map<number, Set<(value: number) => void>>()

  constructor(lines: readonly number[], chips = new Map<number, TestChip>(), { ready = true } = {}) {
    super()
    this.chips = chips
    this.pins = Array.from({ length: 28 }, (_, line) => ({
      supportedModes: lines.includes(line) ? [0, 1, 3] : [],
      mode: -1,
      value: 0,
      report: 1,
      analogChannel: 127,
    }))
    if (!ready) return
    setImmediate(() => {
      this.isReady = true
      this.emit('connect')
      this.emit('ready')
    })
  }

  /** What is wired to a line makes it high or low. */
  drive(line: number, value: 0 | 1): void {
    this.pins[line]!.value = value
    for (const reader of this.#readers.get(line) ?? []) reader(value)
  }

  normalize(pin: number | string): number {
    return typeof pin === 'number' ? pin : Number(pin.replace('GPIO', ''))
  }

  pinMode(pin: number | string, mode: number): void {
    const { supportedModes } = this.#pin(pin)
    if (!supportedModes.includes(mode)) throw new Error(`Pin "${pin}" does not support mode ${mode}`)
    this.#pin(pin).mode = mode
    this.calls.push(`mode ${this.normalize(pin)} ${mode}`)
  }

  digitalRead(pin: number | string, read: (value: number) => void): void {
    const line = this.normalize(pin)
    if (!this.#readers.has(line)) this.#readers.set(line, new Set())
    this.#readers.get(line)!.add(read)
    // raspi-io tells the first value, too, when it looks for the first time.
    setImmediate(() => read(this.#pin(pin).value))
  }

  digitalWrite(pin: number | string, value: number): void {
    const { mode } = this.#pin(pin)
    const line = this.normalize(pin)
    if (mode === this.MODES.INPUT) this.calls.push(`pull ${line} ${value ? 'up' : 'down'}`)
    else this.calls.push(`write ${line} ${value}`)
    this.#pin(pin).value = value
  }

  pwmWrite(pin: number | string, value: number): void {
    this.calls.push(`pwm ${this.normalize(pin)} ${value}`)
    this.#pin(pin).value = value
  }

  i2cConfig(): void {}

  i2cWrite(address: number, registerOrBytes: number | number[], bytes: number | number[] = []): void {
    this.#chip(address)
      .write(Uint8Array.from([registerOrBytes, bytes].flat()))
      .catch((error) => this.emit('error', error))
  }

  i2cWriteReg(address: number, register: number, value: number): void {
    this.i2cWrite(address, register, value)
  }

  i2cRead(): void {
    throw new Error('under raspi-io it stops for ever after the first error: read once, and again')
  }

  /** As j5-io does: who reads is told of what came, and of an error the plugin. */
  i2cReadOnce(address: number, register: number, count: number, tell: (bytes: number[]) => void): void {
    const read = async () => this.#chip(address).writeRead(Uint8Array.of(register), count)
    read().then(
      (bytes) => tell([...bytes]),
      (error) => this.emit('error', error),
    )
  }

  reset(): void {
    this.calls.push('reset')
    this.#readers.clear()
  }

  #pin(pin: number | string): TestPin {
    const found = this.pins[this.normalize(pin)]
    if (!found) throw new Error(`there is no pin ${pin}`)
    return found
  }

  #chip(address: number): TestChip {
    const chip = this.chips.get(address)
    if (!chip) throw new Error('EREMOTEIO, Remote I/O error')
    return chip
  }
}

interface TestPin {
  supportedModes: number[]
  mode: number
  value: number
  report: number
  analogChannel: number
}

/** A chip on the I2C. */
export interface TestChip {
  write(bytes: Uint8Array): Promise<void>
  writeRead(bytes: Uint8Array, count: number): Promise<Uint8Array>
}
