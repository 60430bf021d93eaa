import fc from 'fast-check'
import t from 'tap'
import { AskedOfBoard, FirmataReader } from '../../../src/panels/boards/firmata-messages.ts'
import {
  configMessage,
  darkMessage,
  frameMessages,
  showMessage,
} from '../../../src/panels/boards/pixel-messages.ts'

t.test('a stream is taken apart, in whatever pieces it comes', (t) => {
  const messages = [
    [0xf9, 2, 5],
    [0x90, 0x1c, 0x01],
    [0xf0, 0x79, 2, 5, 0x41, 0, 0xf7],
    [0x92, 0, 0],
  ]
  fc.assert(
    fc.property(fc.array(fc.nat(16)), (cuts) => {
      const reader = new FirmataReader()
      const bytes = messages.flat()
      const read: number[][] = []
      for (const cut of cuts)
        read.push(...reader.read(Uint8Array.from(bytes.splice(0, cut))).map((m) => [...m]))
      read.push(...reader.read(Uint8Array.from(bytes)).map((m) => [...m]))
      return JSON.stringify(read) === JSON.stringify(messages) && reader.strays === 0
    }),
  )
  t.end()
})

t.test('what is no message is counted, and does not hide the next one', (t) => {
  for (const [name, noise, strays] of [
    ['a lone value', [0x12], 1],
    ['a message that breaks off', [0x90, 0x01], 2],
    ['one that nobody sends', [0xc0, 0x01], 2],
    ['a sysex that breaks off', [0xf0, 0x77, 0x01], 3],
    ['an empty sysex', [0xf0, 0xf7], 2],
    ['an end without a beginning', [0xf7], 1],
  ] as const) {
    const reader = new FirmataReader()
    t.same(
      reader.read(Uint8Array.from([...noise, 0xf9, 2, 5])).map((m) => [...m]),
      [[0xf9, 2, 5]],
      name,
    )
    t.equal(reader.strays, strays, name)
  }
  const reader = new FirmataReader()
  reader.read(Uint8Array.of(0xf0))
  for (let i = 0; i < 100; i++) reader.read(new Uint8Array(1_000))
  t.ok(reader.strays > 90_000, 'a sysex without an end takes no memory for ever')
  t.end()
})

t.test('any noise is survived', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const reader = new FirmataReader()
      const whole = reader.read(bytes)
      const kept = whole.reduce((sum, message) => sum + message.length, 0)
      return kept + reader.strays <= bytes.length && whole.every((m) => m.slice(1, -1).every((b) => b < 0x80))
    }),
  )
  t.end()
})

t.test('a port reports only what was asked for', (t) => {
  const asked = new AskedOfBoard()
  asked.note(Uint8Array.of(0xf4, 2, 0x0b))
  asked.note(Uint8Array.of(0xf4, 7, 0x00))
  asked.note(Uint8Array.of(0xf4, 3, 0x01))
  t.notOk(asked.canReport(Uint8Array.of(0x90, 0, 0)), 'not yet asked')
  asked.note(Uint8Array.of(0xd0, 1))
  t.ok(asked.canReport(Uint8Array.of(0x90, 0, 0)))
  t.ok(asked.canReport(Uint8Array.of(0x90, 0x04, 0x01)), 'both inputs')
  t.notOk(asked.canReport(Uint8Array.of(0x90, 0x08, 0)), 'an output')
  t.notOk(asked.canReport(Uint8Array.of(0x90, 0, 0x02)), 'a ninth pin')
  t.notOk(asked.canReport(Uint8Array.of(0x91, 0, 0)), 'another port')
  t.end()
})

t.test('a frame: what changes, or all at once where that is less', (t) => {
  const black = new Uint8Array(9)
  const one = Uint8Array.of(0, 0, 0, 255, 128, 1, 0, 0, 0)
  t.same([...frameMessages(black, black)], [])
  t.same([...frameMessages(one, black)], [0xf0, 0x51, 0x03, 1, 0, 0x01, 0x00, 0x7e, 0x07, 0xf7])
  const colour = Uint8Array.from([9, 8, 7, 9, 8, 7, 9, 8, 7])
  t.same([...frameMessages(colour, undefined)], [0xf0, 0x51, 0x04, 0x07, 0x10, 0x24, 0x00, 0xf7])
  t.same([...showMessage], [0xf0, 0x51, 0x02, 0xf7])
  t.same([...darkMessage], [0xf7, 0xf0, 0x51, 0x04, 0, 0, 0, 0, 0xf7, 0xf0, 0x51, 0x02, 0xf7])
  t.same([...configMessage(6, 144)], [0xf0, 0x51, 0x01, 0x26, 0x10, 0x01, 0xf7])
  t.end()
})

t.test('whatever the firmware holds, the messages make the next frame of it', (t) => {
  const frame = fc.array(fc.constantFrom(0, 0x010203, 0xff00ff, 0x7f8081), { minLength: 5, maxLength: 5 })
  const bytes = (colours: number[]) =>
    Uint8Array.from(colours.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]))
  fc.assert(
    fc.property(fc.option(frame, { nil: undefined }), frame, (last, next) => {
      const held = last ? [...last] : [1, 2, 3, 4, 5]
      const reader = new FirmataReader()
      for (const [, kind, command, ...rest] of reader.read(frameMessages(bytes(next), last && bytes(last)))) {
        const from = command === 3 ? 2 : 0
        const colour =
          rest[from]! | (rest[from + 1]! << 7) | (rest[from + 2]! << 14) | (rest[from + 3]! << 21)
        if (kind !== 0x51) return false
        if (command === 3) held[rest[0]! | (rest[1]! << 7)] = colour
        else held.fill(colour)
      }
      return JSON.stringify(held) === JSON.stringify(next) && reader.strays === 0
    }),
  )
  t.end()
})
