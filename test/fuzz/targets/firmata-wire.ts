import { EventEmitter } from 'node:events'
import { FirmataWire } from '../../../src/panels/boards/firmata-wire.ts'
import type { Serial } from '../../../src/panels/serial/open-serial.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { must, type Target } from '../engine/target.ts'

/** Pins 2 and 7 are keys, pin 3 is a lamp; the first port tells its changes. */
const setUp = [
  [0xf4, 2, 0x0b],
  [0xf4, 7, 0x00],
  [0xf4, 3, 0x01],
  [0xd0, 1],
]
/** What the keys may be in a report: their bits, and no other. */
const inputs = (1 << 2) | (1 << 7)

const target: Target = {
  holds:
    'whatever a board sends, and whenever: only whole messages get through, reports of keys that were asked for and no others, none for 100 ms after noise; it fails once and is silent then; what waits is answered; at the end nothing waits',
  covers: ['src/panels/boards/firmata-wire.ts', 'src/panels/boards/firmata-messages.ts'],
  maxBytes: 600,
  words: [
    Uint8Array.of(1, 3, 0xf9, 2, 5),
    Uint8Array.of(1, 3, 0x90, 0x04, 0x01),
    Uint8Array.of(1, 6, 0xf0, 0x6e, 2, 0x0b, 0, 0xf7),
    Uint8Array.of(1, 6, 0xf0, 0x79, 2, 5, 0x41, 0xf7),
    Uint8Array.of(1, 6, 0xf0, 0x71, 0x57, 0, 0x61, 0xf7),
    Uint8Array.of(2, 100, 2, 100),
  ],
  *corpus() {
    yield Uint8Array.of(
      1,
      3,
      0xf9,
      2,
      5,
      1,
      6,
      0xf0,
      0x79,
      2,
      5,
      0x41,
      0xf7,
      3,
      1,
      3,
      0x90,
      0x04,
      0x01,
      2,
      100,
    )
    yield Uint8Array.of(
      3,
      2,
      100,
      1,
      6,
      0xf0,
      0x6e,
      2,
      0x0b,
      0,
      0xf7,
      1,
      1,
      0x55,
      1,
      3,
      0x90,
      0,
      0,
      2,
      20,
      1,
      3,
      0x90,
      4,
      0,
    )
    yield Uint8Array.of(3, 4, 2, 10, 1, 3, 0xf9, 2, 5, 4, 4, 2, 255, 2, 255, 5)
    yield Uint8Array.from([
      3,
      2,
      50,
      1,
      19,
      0xf0,
      0x71,
      ...[...'Watchdog'].flatMap((c) => [c.charCodeAt(0), 0]),
      0xf7,
    ])
    yield Uint8Array.of(3, 2, 120, 1, 6, 0xf0, 0x6e, 2, 1, 0, 0xf7, 1, 3, 0x91, 0, 0, 6)
  },
  check(script) {
    const clock = new FakeClock()
    const port = new SilentPort()
    const failures: Error[] = []
    const wire = new FirmataWire({
      port: port as unknown as Serial,
      path: '/dev/ttyACM0',
      clock,
      fail: (error) => void failures.push(error),
    })
    let noiseUntil = 0
    let asked = 0
    let answered = 0
    wire.onNoise(() => must(clock.now().mono >= noiseUntil, 'noise was told before it was over'))
    wire.on('data', (message: Uint8Array) => mustGetThrough(message, failures))
    for (const message of setUp) wire.write(Uint8Array.from(message))
    for (const { act, bytes, ms } of acts(script)) {
      if (act === 'receive') {
        if (isStray(bytes)) noiseUntil = clock.now().mono
        port.emit('data', bytes)
      } else if (act === 'wait') clock.advance(ms)
      else if (act === 'watch') wire.watch()
      else if (act === 'ask') {
        asked++
        void wire.request(Uint8Array.of(0xf0, 0x51, 2, 0xf7))
        wire.write(Uint8Array.of(0x90, 1, 0), () => void answered++)
      } else port.emit(act === 'close' ? 'close' : 'error', act === 'close' ? null : new Error('gone'))
    }
    must(failures.length <= 1, 'it failed twice')
    must(
      failures.every(({ message }) => message.startsWith('/dev/ttyACM0')),
      'a failure that says not where',
    )
    // Whoever waits is answered, or told that the board has gone.
    wire.watch()
    clock.advance(10_000)
    must(!wire.isOpen && failures.length === 1, 'a board that answers nothing does not count as lost')
    must(answered === asked, () => `${asked - answered} writes never came to an end`)
    must(clock.waiting === 0, 'an alarm is left over')
  },
}
export default target

function mustGetThrough(message: Uint8Array, failures: readonly Error[]): void {
  const text = Buffer.from(message).toString('latin1')
  must(failures.length === 0, 'a message after the failure')
  must(/^([\x90-\x9f\xf9][\0-\x7f]{2}|\xf0[\0-\x7f]+\xf7)$/.test(text), () => `no message: ${[...message]}`)
  if ((message[0]! & 0xf0) !== 0x90) return
  must(message[0] === 0x90, 'a port that nobody asked for')
  must(((message[1]! | (message[2]! << 7)) & ~inputs) === 0, 'a pin that is no key')
}

function isStray(bytes: Uint8Array): boolean {
  return bytes[0] !== undefined && bytes[0] < 0x80
}

/** A port whose board says only what a test says. */
class SilentPort extends EventEmitter {
  readonly isOpen = true

  write(_: Uint8Array, done: (error?: Error) => void): boolean {
    done()
    return true
  }
}

interface Act {
  act: 'receive' | 'wait' | 'watch' | 'ask' | 'close' | 'error'
  bytes: Uint8Array
  ms: number
}

const actOf: Readonly<Record<number, Act['act']>> = {
  1: 'receive',
  2: 'wait',
  3: 'watch',
  4: 'ask',
  5: 'close',
  6: 'error',
}

/** 1: so many bytes come; 2: time passes; 3: it is watched; 4: something is asked of it; 5 and 6: its end. */
function* acts(script: Uint8Array): Generator<Act> {
  for (let at = 0; at < script.length; ) {
    const [code = 0, count = 0] = script.subarray(at, at + 2)
    at += code === 1 || code === 2 ? 2 : 1
    const bytes = code === 1 ? script.subarray(at, at + count) : new Uint8Array()
    at += bytes.length
    const act = actOf[code]
    if (act) yield { act, bytes, ms: count * 10 }
  }
}
