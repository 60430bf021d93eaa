import t from 'tap'
import {
  configMessage,
  frameMessages,
  mostPixels,
  showMessage,
} from '../../../src/panels/boards/pixel-messages.ts'
import { randomBytes } from '../../fakes/random-bytes.ts'
import { BareBoard, version, words } from './bare-board.ts'

t.setTimeout(300_000)

const pin = 6

/**
 * Nanoseconds that suit every kind at once: data sheets WS2812B (0.4 and 0.8 µs, ± 0.15), WS2812 (0.35 and
 * 0.7 µs, ± 0.15) and WS2812B-V5 (zero 220 to 380 ns, one from 580 ns on, low from 220 ns on).
 */
const limits = {
  zero: { high: [250, 380], low: [700, 950] },
  one: { high: [650, 850], low: [450, 600] },
} as const
/** Low between two pixels: the most impatient old chips take 6 µs for the end. */
const betweenPixelsNs = 5_000
const latchNs = 280_000

/** Every pulse on the data line: for how long it was high, then low. */
function pulsesOf(board: BareBoard): { highNs: number; lowNs: number }[] {
  const pulses: { highNs: number; lowNs: number }[] = []
  let rise = 0
  let fall = 0
  board.avr.look(pin)
  board.avr.onEdge = (_, high, ns) => {
    const last = pulses.at(-1)
    if (high && last) last.lowNs = ns - fall
    if (high) rise = ns
    else if (rise > 0) {
      pulses.push({ highNs: ns - rise, lowNs: Number.POSITIVE_INFINITY })
      fall = ns
    }
  }
  return pulses
}

function within(ns: number, [from, to]: readonly [number, number]): boolean {
  return ns >= from && ns <= to
}

t.test('the wave is within the data sheets, also while bytes come', (t) => {
  const board = new BareBoard()
  board.hear(20)
  const count = 60
  const random = randomBytes(2812)
  board.ask(configMessage(pin, count))
  const pulses = pulsesOf(board)
  const frame = random(3 * count)
  // Two in a row, with bytes that come during both.
  board.ask(
    [...frameMessages(frame, undefined), ...showMessage, ...showMessage, ...Array(20).fill(0xf7)],
    150,
  )
  t.equal(pulses.length, 2 * 24 * count)
  const between: number[] = []
  const odd: string[] = []
  for (const [i, { highNs, lowNs }] of pulses.entries()) {
    const at = i % (24 * count)
    const bit = (frame[at >> 3]! >> (7 - (at & 7))) & 1
    const { high, low } = bit ? limits.one : limits.zero
    const last = at % 24 === 23
    if (!within(highNs, high)) odd.push(`bit ${i} (${bit}): high for ${highNs} ns`)
    if (last) between.push(lowNs)
    else if (!within(lowNs, low)) odd.push(`bit ${i} (${bit}): low for ${lowNs} ns`)
  }
  t.same(odd, [])
  const ends = between.filter((ns) => ns >= latchNs)
  const gaps = between.filter((ns) => ns < latchNs)
  t.equal(ends.length, 2, 'both frames are shown')
  t.ok(
    Math.max(...gaps) < betweenPixelsNs,
    `${Math.min(...gaps)} to ${Math.max(...gaps)} ns between two pixels`,
  )
  t.end()
})

t.test('a stream without a pause loses nothing, however often the longest chain is shown meanwhile', (t) => {
  const board = new BareBoard()
  board.hear(20)
  const random = randomBytes(99)
  const eye = board.avr.look(pin)
  board.ask(configMessage(pin, mostPixels))
  const held = new Uint8Array(3 * mostPixels)
  const expected: number[][] = []
  const stream: number[] = []
  for (let show = 0; show < 40; show++) {
    const last = held.slice()
    const [place = 0] = random(1)
    held.set(random(3 * 8), 3 * (place % (mostPixels - 8)))
    stream.push(...frameMessages(held, last), ...showMessage, 0xf9)
    expected.push([...held])
  }
  const said = board.ask(stream, stream.length * 0.18 + 100)
  t.same(
    eye.frames.map((frame) => [...frame]),
    expected,
  )
  t.same(said, Array(40).fill(version), 'each question is answered, and nothing was lost')
  t.equal(board.avr.overruns, 0)
  t.equal(eye.oddPulses, 0)
  t.end()
})

t.test('what cannot be is said, and nothing else changes', (t) => {
  const board = new BareBoard()
  board.hear(20)
  const eye = board.avr.look(pin)
  t.same(board.ask([...showMessage], 20), [], 'no pixels, nothing to show')
  board.ask(configMessage(pin, 2))
  for (const [name, message] of [
    ['the serial line', [1, (1 << 5) | 0, 1, 0]],
    ['a pin that there is not', [1, (1 << 5) | 31, 1, 0]],
    ['another order', [1, (0 << 5) | 6, 1, 0]],
    ['more than there is memory for', [1, (1 << 5) | 6, 0x7f, 3]],
    ['none', [1, (1 << 5) | 6, 0, 0]],
    ['no command', [9]],
    ['a colour that is not whole', [3, 0, 0, 1, 1]],
  ] as const)
    t.match(board.ask([0xf0, 0x51, ...message, 0xf7]).map(words), [/^Pixels: /], name)
  t.same(board.ask([0xf0, 0x51, 3, 2, 0, 1, 0, 0, 0, 0xf7]), [], 'a pixel behind the last one')
  board.ask([...frameMessages(Uint8Array.of(1, 2, 3, 4, 5, 6), undefined), ...showMessage])
  t.same([...eye.frames.at(-1)!], [1, 2, 3, 4, 5, 6])
  // Another use for the pin is the end of the pixels.
  const shown = eye.frames.length
  board.ask([0xf4, pin, 1, ...showMessage])
  t.equal(eye.frames.length, shown)
  t.end()
})

t.test('lights of a host that is gone go dark after 10 s, and come back with it', (t) => {
  const board = new BareBoard()
  board.hear(20)
  const eye = board.avr.look(pin)
  const lit = Uint8Array.of(9, 8, 7, 6, 5, 4)
  board.ask([...configMessage(pin, 2), ...frameMessages(lit, undefined), ...showMessage])
  board.ask([0xf4, 7, 1, 0xf5, 7, 1, 0xf4, 9, 3, 0xe9, 0x7f, 1, 0xf4, 2, 0x0b])
  const frames = eye.frames.length
  board.hear(9_500)
  t.equal(eye.frames.length, frames, 'not yet')
  board.ask([0xf7])
  board.hear(9_500)
  t.equal(eye.frames.length, frames, 'not yet again')
  board.hear(1_000)
  t.same([...eye.frames.at(-1)!], Array(6).fill(0))
  t.same(
    [7, 9, 2].map((pin) => board.avr.stateOf(pin)),
    ['input', 'input', 'pull-up'],
    'lamps are let go of, keys go on',
  )
  t.same(board.ask([0xf9]), [version])
  t.same([...eye.frames.at(-1)!], [...lit])
  t.same(
    [7, 9, 2].map((pin) => board.avr.stateOf(pin)),
    ['high', 'high', 'pull-up'],
  )
  board.ask([0xff])
  board.avr.run(1)
  t.same([...eye.frames.at(-1)!], Array(6).fill(0), 'dark after a reset')
  t.end()
})
