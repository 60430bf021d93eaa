import { readFileSync } from 'node:fs'
import {
  AVRClock,
  AVRIOPort,
  type AVRPortConfig,
  AVRTimer,
  AVRTWI,
  AVRUSART,
  AVRWatchdog,
  avrInstruction,
  CPU,
  clockConfig,
  PinState,
  portBConfig,
  portCConfig,
  portDConfig,
  timer0Config,
  timer1Config,
  timer2Config,
  twiConfig,
  usart0Config,
  watchdogConfig,
} from 'avr8js'
import { PixelEye } from './pixel-eye.ts'

const hz = 16_000_000
const cyclesPerMs = hz / 1000
/** Ten bits at 57,600 baud, as near as its divider comes. */
const byteCycles = 2_800
/**
 * What the receiver's buffer holds beside the byte that is offered. A third one may wait in the shift register,
 * but only until the next one begins (data sheet ATmega328P, section 20.7.4): one after the other, it is lost.
 */
const receiverBytes = 1

/**
 * An Arduino Uno in this process: avr8js runs the very firmware that is flashed, contacts are closed and
 * opened on its pins, its serial line takes a byte when one has had the time to come, and what it does on
 * its pins can be looked at. Its time passes only in `run`.
 */
export class AvrPanel {
  /** What it sends. */
  send: (byte: number) => void = () => {}
  /** Called each time that a pin which is looked at goes high or low, at so many nanoseconds. */
  onEdge: (pin: number, high: boolean, ns: number) => void = () => {}
  /** How often the watchdog has reset the chip. */
  bites = 0
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
  #offered: number | undefined
  #nextByte = 0
  #hung = false
  #chips: ReadonlyMap<number, I2cChip>
  #bus!: I2cBus
  /** The instruction that was there before the program was made to stand still. */
  #thawed: { at: number; word: number } | undefined

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
    this.#offered = undefined
    this.#nextByte = 0
    const cpu = new CPU(this.#program, 2048)
    this.#cpu = cpu
    for (const timer of [timer0Config, timer1Config, timer2Config]) new AVRTimer(cpu, timer)
    this.#usart = new AVRUSART(cpu, usart0Config, hz)
    this.#usart.onByteTransmit = (byte) => this.send(byte)
    const readByte = cpu.readHooks[usart0Config.UDR]!
    cpu.readHooks[usart0Config.UDR] = (address) => {
      this.#offered = undefined
      return readByte(address)
    }
    this.#ports = [portDConfig, portBConfig, portCConfig].map((config) => this.#port(cpu, config))
    const start = cpu.reset.bind(cpu)
    cpu.reset = () => {
      this.bites++
      start()
    }
    new AVRWatchdog(cpu, watchdogConfig, new AVRClock(cpu, hz, clockConfig))
    this.#bus = wire(cpu, this.#chips, this.#bus?.shorted ?? false)
  }

  /** SDA touches ground. */
  shortBus(shorted: boolean): void {
    this.#bus.shorted = shorted
    if (shorted) this.close(sda)
    else this.open(sda)
  }

  /** The program stands still where it is: with interrupts, or without. */
  freeze(how: 'interruptible' | 'deaf'): void {
    const cpu = this.#cpu
    this.#thawed = { at: cpu.pc, word: this.#program[cpu.pc]! }
    this.#program[cpu.pc] = jumpToItself
    if (how === 'deaf') cpu.data[statusRegister]! &= ~interruptsEnabled
  }

  /** The program is again as it was flashed. */
  thaw(): void {
    if (this.#thawed) this.#program[this.#thawed.at] = this.#thawed.word
    this.#thawed = undefined
  }

  /** The chip itself stops, watchdog and all: its pins stay as they are. */
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

  /** What a pin is: driven, or listening. */
  stateOf(pin: number): 'low' | 'high' | 'input' | 'pull-up' {
    const { port, bit } = this.#at(pin)
    return (['low', 'high', 'input', 'pull-up'] as const)[port.pinState(bit)]
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
      if (!(cpu.data[usart0Config.UCSRA]! & received)) this.#offer()
    }
    for (const [pin, eye] of this.#eyes) eye.see(this.isHigh(pin), this.#ns)
  }

  /** avr8js forgets a byte that waits when the receiver's settings are written: it is there until it is read. */
  #offer(): void {
    this.#offered ??= this.#receiver.shift()
    if (this.#offered !== undefined) this.#usart.writeByte(this.#offered, true)
  }

  #arrive(byte: number): void {
    if (!this.#usart.rxEnable) return
    if (this.#receiver.length >= receiverBytes) this.overruns++
    else this.#receiver.push(byte)
  }

  get #ns(): number {
    return (this.#cpu.cycles * 1e9) / hz
  }

  #port(cpu: CPU, config: AVRPortConfig): AVRIOPort {
    const port = new AVRIOPort(cpu, config)
    port.addListener(() => {
      const first = firstPin(this.#ports?.indexOf(port) ?? -1)
      for (const [pin, eye] of this.#eyes) {
        if (pin < first || pin >= first + 8) continue
        const high = port.pinState(pin - first) === PinState.High
        eye.see(high, this.#ns)
        this.onEdge(pin, high, this.#ns)
      }
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

/** RXC of UCSR0A. */
const received = 0x80
/** `rjmp .-2` of the instruction set manual. */
const jumpToItself = 0xcfff
const statusRegister = 0x5f
const interruptsEnabled = 0x80
const sda = 18

/** The chip's own I2C; switched off, it lets go of whatever it was doing. */
function wire(cpu: CPU, chips: ReadonlyMap<number, I2cChip>, shorted: boolean): I2cBus {
  const twi = new AVRTWI(cpu, twiConfig, hz)
  const bus = new I2cBus(twi, chips)
  bus.shorted = shorted
  twi.eventHandler = bus
  const { TWCR, TWSR } = twiConfig
  const write = cpu.writeHooks[TWCR]!
  cpu.writeHooks[TWCR] = (value, old, address, mask) => {
    if (!(value & enabled)) {
      Object.assign(twi, { busy: false })
      cpu.data[TWSR] = (cpu.data[TWSR]! & 0x07) | nothingToTell
    }
    return write(value, old, address, mask)
  }
  return bus
}

/** TWEN, and the status without information (data sheet ATmega328P, section 22.9). */
const enabled = 0x04
const nothingToTell = 0xf8

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
  /** Nothing gets through: not even the start, since the master waits for a free bus. */
  shorted = false

  constructor(twi: AVRTWI, chips: ReadonlyMap<number, I2cChip>) {
    this.#twi = twi
    this.#chips = chips
  }

  start(): void {
    if (!this.shorted) this.#twi.completeStart()
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
