import { readFileSync } from 'node:fs'
import {
  AVRIOPort,
  type AVRPortConfig,
  AVRTimer,
  AVRTWI,
  AVRUSART,
  avrInstruction,
  CPU,
  PinState,
  portBConfig,
  portCConfig,
  portDConfig,
  timer0Config,
  timer1Config,
  timer2Config,
  twiConfig,
  usart0Config,
} from 'avr8js'
import { PixelEye } from './pixel-eye.ts'

const hz = 16_000_000
const cyclesPerMs = hz / 1000
/** Ten bits at 57,600 baud, as near as its divider comes. */
const byteCycles = 2_800
/** What the receiver of an ATmega328 holds beside the byte that comes in. */
const receiverBytes = 2

/**
 * An Arduino Uno in this process: avr8js runs the very firmware that is flashed, contacts are closed and
 * opened on its pins, its serial line takes a byte when one has had the time to come, and what it does on
 * its pins can be looked at. Its time passes only in `run`.
 */
export class AvrPanel {
  /** What it sends. */
  send: (byte: number) => void = () => {}
  /** Bytes that came faster than the receiver was read. */
  overruns = 0
  /** What the pixels on a pin show, as long as somebody looks. */
  readonly #eyes = new Map<number, PixelEye>()
  readonly #program: Uint16Array
  readonly #closed = new Map<number, 0 | 1>()
  #cpu!: CPU
  #usart!: AVRUSART
  #ports!: AVRIOPort[]
  #coming: number[] = []
  #receiver: number[] = []
  #nextByte = 0
  #hung = false
  #chips: ReadonlyMap<number, I2cChip>

  /** @param hex what is flashed, in Intel's format */
  constructor(hex: string | URL, chips: ReadonlyMap<number, I2cChip> = new Map()) {
    this.#program = new Uint16Array(readHex(readFileSync(hex, 'latin1')).buffer)
    this.#chips = chips
    this.reset()
  }

  /** The reset button, or the supply. */
  reset(): void {
    this.#hung = false
    this.#coming = []
    this.#receiver = []
    this.#nextByte = 0
    const cpu = new CPU(this.#program, 2048)
    this.#cpu = cpu
    for (const timer of [timer0Config, timer1Config, timer2Config]) new AVRTimer(cpu, timer)
    this.#usart = new AVRUSART(cpu, usart0Config, hz)
    this.#usart.onByteTransmit = (byte) => this.send(byte)
    this.#ports = [portDConfig, portBConfig, portCConfig].map((config) => this.#port(cpu, config))
    const twi = new AVRTWI(cpu, twiConfig, hz)
    twi.eventHandler = new I2cBus(twi, this.#chips)
  }

  /** The firmware stops, as at a bus that is stuck: its pins stay as they are. */
  hang(): void {
    this.#hung = true
  }

  /** A contact to ground closes, or to the supply. */
  close(pin: number, to: 0 | 1 = 0): void {
    this.#closed.set(pin, to)
    this.#settle(pin)
  }

  open(pin: number): void {
    this.#closed.delete(pin)
    this.#settle(pin)
  }

  /** Whether a pin is driven high. */
  isHigh(pin: number): boolean {
    return this.#at(pin).port.pinState(this.#at(pin).bit) === PinState.High
  }

  /** Looks at the data line of pixels from now on. */
  look(pin: number): PixelEye {
    const eye = this.#eyes.get(pin) ?? new PixelEye()
    this.#eyes.set(pin, eye)
    return eye
  }

  /** Bytes that begin to come now. */
  receive(bytes: Iterable<number>): void {
    this.#coming.push(...bytes)
  }

  /** Lets its time pass. */
  run(ms: number): void {
    if (this.#hung) return
    const cpu = this.#cpu
    const end = cpu.cycles + ms * cyclesPerMs
    while (cpu.cycles < end) {
      avrInstruction(cpu)
      cpu.tick()
      if (this.#coming.length > 0 && cpu.cycles >= this.#nextByte) {
        this.#arrive(this.#coming.shift()!)
        this.#nextByte = cpu.cycles + byteCycles
      }
      if (this.#receiver.length > 0 && !(cpu.data[usart0Config.UCSRA]! & 0x80))
        this.#usart.writeByte(this.#receiver.shift()!, true)
    }
    for (const [pin, eye] of this.#eyes) eye.see(this.isHigh(pin), this.#ns)
  }

  #arrive(byte: number): void {
    if (!this.#usart.rxEnable) return
    if (this.#receiver.length > receiverBytes) this.overruns++
    else this.#receiver.push(byte)
  }

  get #ns(): number {
    return (this.#cpu.cycles * 1e9) / hz
  }

  #port(cpu: CPU, config: AVRPortConfig): AVRIOPort {
    const port = new AVRIOPort(cpu, config)
    port.addListener(() => {
      const first = firstPin(this.#ports?.indexOf(port) ?? -1)
      for (const [pin, eye] of this.#eyes)
        if (pin >= first && pin < first + 8) eye.see(port.pinState(pin - first) === PinState.High, this.#ns)
      // A pull-up has been switched on or off.
      for (let bit = 0; bit < 8; bit++) this.#settlePort(port, first + bit, bit)
    })
    return port
  }

  #settle(pin: number): void {
    const { port, bit } = this.#at(pin)
    this.#settlePort(port, pin, bit)
  }

  /** An open contact is held by the pull-up; without one, it is low here, and anything on a table. */
  #settlePort(port: AVRIOPort, pin: number, bit: number): void {
    const state = port.pinState(bit)
    if (state === PinState.Low || state === PinState.High) return
    port.setPin(bit, (this.#closed.get(pin) ?? (state === PinState.InputPullUp ? 1 : 0)) === 1)
  }

  #at(pin: number): { port: AVRIOPort; bit: number } {
    const place = pin < 8 ? 0 : pin < 14 ? 1 : 2
    return { port: this.#ports[place]!, bit: pin - firstPin(place) }
  }
}

function firstPin(place: number): number {
  return [0, 8, 14][place] ?? Number.POSITIVE_INFINITY
}

/** The bytes of a file in Intel's format, as far as 32 KiB of flash go. */
function readHex(text: string): Uint8Array {
  const bytes = new Uint8Array(32 * 1024).fill(0xff)
  for (const line of text.split(/\r?\n/)) {
    const [count = 0, high = 0, low = 0, kind, ...data] = Buffer.from(line.slice(1), 'hex')
    if (line.startsWith(':') && kind === 0) bytes.set(data.slice(0, count), (high << 8) | low)
  }
  return bytes
}

/** A chip whose registers count up while they are read or written. */
export interface I2cChip {
  read(register: number): number
  write(register: number, value: number): void
}

class I2cBus {
  readonly #twi: AVRTWI
  readonly #chips: ReadonlyMap<number, I2cChip>
  #chip: I2cChip | undefined
  #register: number | undefined
  #writing = false

  constructor(twi: AVRTWI, chips: ReadonlyMap<number, I2cChip>) {
    this.#twi = twi
    this.#chips = chips
  }

  start(): void {
    this.#twi.completeStart()
  }

  /** The chip forgets which register was meant when the bus is let go of. */
  stop(): void {
    this.#register = undefined
    this.#twi.completeStop()
  }

  connectToSlave(address: number, write: boolean): void {
    this.#chip = this.#chips.get(address)
    this.#writing = write
    if (write) this.#register = undefined
    this.#twi.completeConnect(this.#chip !== undefined)
  }

  writeByte(value: number): void {
    if (this.#writing && this.#register === undefined) this.#register = value
    else this.#chip?.write(this.#register!++, value)
    this.#twi.completeWrite(this.#chip !== undefined)
  }

  readByte(): void {
    this.#register ??= 0
    this.#twi.completeRead(this.#chip?.read(this.#register++) ?? 0xff)
  }
}
