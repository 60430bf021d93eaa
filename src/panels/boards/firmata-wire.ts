import { EventEmitter } from 'node:events'
import { writeSync } from 'node:fs'
import type { Clock } from '../../ports/clock.ts'
import { pause } from '../../ports/clock.ts'
import { HardwareError } from '../errors.ts'
import { Listeners } from '../listeners.ts'
import { closeSerial, type Serial } from '../serial/open-serial.ts'
import { AskedOfBoard, FirmataReader, firmata, sysex } from './firmata-messages.ts'
import { concat } from './pixel-messages.ts'

export interface FirmataWireOptions {
  port: Serial
  path: string
  clock: Clock
  /** Called once, when the board is gone, or does not do what it should. */
  fail(error: Error): void
}

const beatMs = 1_000
/** A board that has not answered for so long hangs. The longest frame takes 0.4 s. */
const answerMs = 2_000
const lookMs = 250
/** After noise, what seems to be an edge is none, until it has been quiet for so long. */
const quietMs = 100
/** How long the end waits for what is to be sent yet. */
const flushMs = 500

interface Outgoing {
  bytes: Uint8Array
  /** Nothing else is sent before the board has answered. */
  alone: boolean
  done: () => void
}

/** What the board has to answer: in the order of the questions. */
interface Question {
  by: 'version' | 'pin'
  /** How often it was looked for in vain. Counted, since a process that was held up has not seen it yet. */
  looks: number
  answered: () => void
}

/**
 * What Firmata and the panel have between them and the serial port. It paces what is sent, so that nothing
 * gets lost while the board shows pixels and cannot listen; it asks every second whether the board is alive
 * and still as it was set up; and it lets through only what can be a message, since to Firmata's parser
 * noise may be a key.
 */
export class FirmataWire extends EventEmitter implements AsyncDisposable {
  readonly path: string
  readonly #port: Serial
  readonly #clock: Clock
  readonly #fail: (error: Error) => void
  readonly #reader = new FirmataReader()
  readonly #asked = new AskedOfBoard()
  readonly #noise = new Listeners()
  readonly #queue: Outgoing[] = []
  readonly #questions: Question[] = []
  #state: 'opening' | 'ready' | 'failed' | 'closed' = 'opening'
  #blocked = false
  #quietAt = 0
  #noisy = false
  #beatAt = 0
  #beats = 0
  #alarm: Disposable | undefined

  constructor({ port, path, clock, fail }: FirmataWireOptions) {
    super()
    this.#port = port
    this.path = path
    this.#clock = clock
    this.#fail = fail
    port.on('data', (bytes: Uint8Array) => this.#receive(bytes))
    port.on('error', (cause: Error) => this.#lose(gone(path), cause))
    port.on('close', (cause?: Error | null) => this.#lose(gone(path), cause ?? undefined))
  }

  get isOpen(): boolean {
    return this.#state === 'opening' || this.#state === 'ready'
  }

  /** As Firmata writes: in turn, whatever is being sent. */
  write(bytes: Uint8Array, done: () => void = () => {}): boolean {
    this.#asked.note(bytes)
    this.#send({ bytes, alone: false, done })
    return true
  }

  /** Sends something that the board needs time for; resolves once it has answered, or is gone. */
  request(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#send({ bytes: concat([bytes, Uint8Array.of(firmata.version)]), alone: true, done: resolve })
    })
  }

  /** Calls when something was received that made no sense; what was sent may have suffered, too. */
  onNoise(listener: () => void): Disposable {
    return this.#noise.add(listener)
  }

  /** From now on, the board must answer, and must not start again. */
  watch(): void {
    if (this.#state !== 'opening') return
    this.#state = 'ready'
    this.#beatAt = this.#now
    this.#look()
  }

  /** Sends at once and waits for nothing: for the end of a process that has no time left. */
  writeNow(bytes: Uint8Array): void {
    const { fd } = (this.#port.port ?? {}) as { fd?: number }
    if (!this.isOpen || typeof fd !== 'number') return
    try {
      writeSync(fd, bytes)
    } catch {
      // Nobody is left who could do anything about it.
    }
  }

  get #now(): number {
    return this.#clock.now().mono
  }

  #send(outgoing: Outgoing): void {
    if (this.isOpen) this.#queue.push(outgoing)
    else outgoing.done()
    this.#pump()
  }

  #pump(): void {
    while (this.isOpen && !this.#blocked) {
      const next = this.#queue.shift()
      if (!next) return
      this.#blocked = next.alone
      if (next.alone) this.#ask('version', () => this.#unblock(next))
      const { path } = this
      this.#port.write(Buffer.from(next.bytes), (cause) => {
        if (cause) this.#lose(gone(path), cause)
        if (!next.alone) next.done()
      })
    }
  }

  #ask(by: Question['by'], answered: () => void = () => {}): void {
    this.#questions.push({ by, looks: 0, answered })
  }

  #receive(bytes: Uint8Array): void {
    if (!this.isOpen) return
    const strays = this.#reader.strays
    const messages = this.#reader.read(bytes)
    // What comes together with noise is noise, too.
    if (this.#reader.strays > strays) this.#hearNoise()
    for (const message of messages) if (this.isOpen) this.#take(message)
  }

  #take(message: Uint8Array): void {
    if (message[0] === firmata.version) this.#answer('version')
    if (message[0] === firmata.sysex && message[1] === sysex.pinState) this.#takePinState(message)
    else if (!this.#makesSense(message)) this.#hearNoise()
    else if (!(this.#noisy && isDigital(message))) this.#hand(message)
  }

  #makesSense(message: Uint8Array): boolean {
    if (message[0] === firmata.version) return true
    if (isDigital(message)) return this.#asked.canReport(message)
    if (message[0] !== firmata.sysex) return false
    const kind = message[1]
    if (kind === sysex.firmware && this.#state === 'ready') this.#lose(restarted(this.path))
    if (kind === sysex.string && this.#state === 'ready' && isWatchdog(message)) this.#lose(hung(this.path))
    if (kind === sysex.i2cReply || kind === sysex.string) return true
    const once = kind === sysex.firmware || kind === sysex.capabilities || kind === sysex.analogMapping
    return once && this.#state === 'opening'
  }

  /** Firmata's parser throws at some of what it does not expect. */
  #hand(message: Uint8Array): void {
    try {
      this.emit('data', message)
    } catch {
      this.#hearNoise()
    }
  }

  #takePinState(message: Uint8Array): void {
    const [, , pin = -1, mode] = message
    this.#answer('pin')
    const wanted = this.#asked.modes.get(pin)
    if (wanted === undefined) return
    if (wanted !== mode) this.#lose(forgot(this.path, pin))
    // Only now: a board that has forgotten its inputs would report each of them as low.
    else this.#send({ bytes: this.#askForKeys(), alone: false, done: () => {} })
  }

  #askForKeys(): Uint8Array {
    return Uint8Array.from([...this.#asked.ports].flatMap((port) => [firmata.reportDigital | port, 1]))
  }

  /** Answers keep the order of the questions: what was asked before has been answered, or never will be. */
  #answer(by: Question['by']): void {
    const place = this.#questions.findIndex((question) => question.by === by)
    if (place < 0) return
    const answered = this.#questions.splice(0, place + 1)
    for (const question of answered) question.answered()
    this.#pump()
  }

  #unblock(sent: Outgoing): void {
    this.#blocked = false
    sent.done()
  }

  #hearNoise(): void {
    if (this.#state !== 'ready') return
    this.#noisy = true
    this.#quietAt = this.#now + quietMs
  }

  /** Looks after the board until the end. */
  #look(): void {
    if (!this.isOpen) return
    const now = this.#now
    const [oldest] = this.#questions
    if (oldest && ++oldest.looks > answerMs / lookMs) {
      this.#lose(hangs(this.path))
      return
    }
    if (this.#noisy && now >= this.#quietAt) {
      this.#noisy = false
      this.#noise.call()
      this.#beatAt = now
    }
    if (now >= this.#beatAt) this.#beat()
    this.#alarm = this.#clock.alarm(now + lookMs, () => this.#look())
  }

  /** Asks for the mode of a pin, which tells whether the board is still as it was set up; keys follow. */
  #beat(): void {
    this.#beatAt = this.#now + beatMs
    if (this.#questions.length > 0) return
    const pins = [...this.#asked.modes.keys()]
    const pin = pins[this.#beats++ % Math.max(1, pins.length)]
    this.#ask(pin === undefined ? 'version' : 'pin')
    // First the end of whatever was broken off: noise in the other direction.
    const question =
      pin === undefined ? [firmata.version] : [firmata.sysex, sysex.pinStateQuery, pin, firmata.endSysex]
    this.#send({ bytes: Uint8Array.of(firmata.endSysex, ...question), alone: false, done: () => {} })
  }

  #lose(words: string, cause?: Error): void {
    if (!this.isOpen) return
    this.#end('failed')
    this.#fail(new HardwareError(words, { cause }))
  }

  #end(state: 'failed' | 'closed'): void {
    this.#state = state
    this.#alarm?.[Symbol.dispose]()
    for (const { done } of this.#queue.splice(0)) done()
    for (const { answered } of this.#questions.splice(0)) answered()
  }

  /** Sends what is to be sent yet, and closes the port. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isOpen) {
      const over = new AbortController()
      await Promise.race([this.request(new Uint8Array()), pause(this.#clock, flushMs, over.signal)])
      over.abort()
    }
    if (this.#state !== 'closed') this.#end('closed')
    await closeSerial(this.#port)
  }
}

function isDigital(message: Uint8Array): boolean {
  return (message[0]! & 0xf0) === firmata.digital
}

function gone(path: string): string {
  return `${path} is gone: it is awaited; look at the USB plug of the Arduino`
}

function hangs(path: string): string {
  return `${path}: the Arduino no longer answers: press its reset button, or pull its USB plug for a moment; if a touch chip is on it, look at SDA and SCL`
}

function restarted(path: string): string {
  return `${path}: the Arduino has started again by itself: look at its supply; lights need one of their own`
}

/** What our firmware says when it had to start itself again: two bytes of seven bits for each letter. */
function isWatchdog(message: Uint8Array): boolean {
  return Buffer.from(message.subarray(2, -1)).toString('latin1').replaceAll('\0', '').startsWith('Watchdog')
}

function hung(path: string): string {
  return `${path}: the Arduino's firmware stood still, and its watchdog has started it again: look at its supply, and for sparks or long cables near it`
}

function forgot(path: string, pin: number): string {
  return `${path}: the Arduino no longer knows what pin ${pin} is for: it is set up again`
}
