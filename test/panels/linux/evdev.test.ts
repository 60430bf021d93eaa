import fc from 'fast-check'
import t from 'tap'
import {
  DeviceKeys,
  EventReader,
  eventBytes,
  type WordBytes,
  wordBytes,
} from '../../../src/panels/keys/evdev.ts'
import { eventCode, eventCodes } from '../../../src/panels/keys/event-codes.ts'
import { eventOf } from '../../fakes/fake-input-devices.ts'

/*
 * A button as linux/input.h lays it out: seconds, microseconds, type, code, value. Pressed, moment complete,
 * released, moment complete.
 */
const golden = {
  8: `
    1f0c6a6900000000 3a5d0b0000000000 0100 c002 01000000
    1f0c6a6900000000 3a5d0b0000000000 0000 0000 00000000
    1f0c6a6900000000 91ac0c0000000000 0100 c002 00000000
    1f0c6a6900000000 91ac0c0000000000 0000 0000 00000000`,
  4: `
    1f0c6a69 3a5d0b00 0100 c002 01000000
    1f0c6a69 3a5d0b00 0000 0000 00000000
    1f0c6a69 91ac0c00 0100 c002 00000000
    1f0c6a69 91ac0c00 0000 0000 00000000`,
} as const
const meant = [
  { type: 1, code: 0x2c0, value: 1 },
  { type: 0, code: 0, value: 0 },
  { type: 1, code: 0x2c0, value: 0 },
  { type: 0, code: 0, value: 0 },
]

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'))

t.test('golden bytes of a 64-bit and of a 32-bit program', async (t) => {
  for (const word of [8, 4] as const) {
    const bytes = bytesOf(golden[word])
    t.equal(bytes.length, 4 * eventBytes(word))
    t.same(new EventReader(word).read(bytes), meant, `${word} bytes a word`)
  }
  t.equal(eventBytes(wordBytes('arm64')), 24)
  t.equal(eventBytes(wordBytes('x64')), 24)
  t.equal(eventBytes(wordBytes('arm')), 16)
})

t.test('cut anywhere, it is the same', async (t) => {
  for (const word of [8, 4] as const)
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 40 }), { minLength: 1 }), (lengths) => {
        const bytes = bytesOf(golden[word])
        const reader = new EventReader(word)
        const events = []
        let at = 0
        for (const length of lengths) {
          events.push(...reader.read(bytes.subarray(at, at + length)))
          at = Math.min(bytes.length, at + length)
        }
        events.push(...reader.read(bytes.subarray(at)))
        t.same(events, meant)
      }),
      { numRuns: 50 },
    )
})

const faceCodes = new Map([
  [0x2c0, 'satisfied'],
  [0x2c1, 'neutral'],
] as const)

t.test('garbage is no key, and what it says is balanced', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.constantFrom<WordBytes>(4, 8), (bytes, word) => {
      const keys = new DeviceKeys(faceCodes)
      const edges = new EventReader(word).read(bytes).flatMap((event) => keys.take(event))
      const downs = edges.filter(({ edge }) => edge === 'down').length
      const ups = [...edges, ...keys.release()].filter(({ edge }) => edge === 'up').length
      return ups <= downs
    }),
  )
})

/** What the device says → what the keys do. */
const cases: [string, [number, number, number][], string][] = [
  [
    'a press',
    [
      [1, 0x2c0, 1],
      [0, 0, 0],
      [1, 0x2c0, 0],
      [0, 0, 0],
    ],
    'satisfied down, satisfied up',
  ],
  [
    'two keys',
    [
      [1, 0x2c0, 1],
      [1, 0x2c1, 1],
      [0, 0, 0],
    ],
    'satisfied down, neutral down',
  ],
  [
    'a key of nobody',
    [
      [1, 0x2cf, 1],
      [1, 0x2cf, 0],
    ],
    '',
  ],
  [
    'repeated by the kernel',
    [
      [1, 0x2c0, 1],
      [1, 0x2c0, 2],
      [1, 0x2c0, 2],
      [1, 0x2c0, 0],
    ],
    'satisfied down, satisfied up',
  ],
  [
    'other types of events',
    [
      [4, 4, 0x2c0],
      [3, 0, 128],
      [17, 0, 1],
    ],
    '',
  ],
  ['held since before', [[1, 0x2c0, 0]], ''],
  [
    'lost while a key was held: let go, and nothing believed before the next complete moment',
    [
      [1, 0x2c0, 1],
      [0, 3, 0],
      [1, 0x2c1, 1],
      [0, 0, 0],
      [1, 0x2c0, 0],
      [1, 0x2c1, 1],
    ],
    'satisfied down, satisfied up, neutral down',
  ],
]

t.test('from events to keys', async (t) => {
  for (const [what, events, said] of cases) {
    const keys = new DeviceKeys(faceCodes)
    const reader = new EventReader(8)
    const edges = events
      .flatMap((event) => reader.read(eventOf(...event, 8)))
      .flatMap((event) => keys.take(event))
    t.equal(edges.map(({ key, edge }) => `${key} ${edge}`).join(', '), said, what)
  }
  const keys = new DeviceKeys(faceCodes)
  keys.take({ type: 1, code: 0x2c1, value: 1 })
  t.same(keys.release(), [{ key: 'neutral', edge: 'up' }], 'the device goes')
  t.same(keys.release(), [])
})

t.test('codes by name and by number', async (t) => {
  t.equal(eventCode('BTN_TRIGGER_HAPPY1'), 0x2c0)
  t.equal(eventCode('BTN_TRIGGER_HAPPY40'), 0x2e7)
  t.equal(eventCode('BTN_TRIGGER'), 0x120)
  t.equal(eventCode('BTN_BASE6'), 0x12b)
  t.equal(eventCode('BTN_A'), 0x130)
  t.equal(eventCode('KEY_1'), 2)
  t.equal(eventCode('KEY_KPDOT'), 83)
  t.equal(eventCode('KEY_F12'), 88)
  t.equal(eventCode('704'), 704)
  for (const none of ['BTN_HAPPY1', 'KEY_', '0', '768', '-1', '1.5', ''])
    t.equal(eventCode(none), undefined, none)
  t.ok([...eventCodes.values()].every((code) => code > 0 && code <= 0x2ff))
})
