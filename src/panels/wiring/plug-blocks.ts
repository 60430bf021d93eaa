import type { Key } from '../../domain/words.ts'
import type { Block, InnerWire, PinWire } from './block.ts'
import { innerWire } from './block.ts'
import { type BoardPin, piPin } from './boards.ts'
import { at, box, joint, label, type Place, terminal, wire } from './ink.ts'
import { keyColours } from './key-block.ts'
import { keyName } from './uses.ts'

/** A thing on a cable with plugs. */
export function pluggedBlock(pin: BoardPin, title: string, hints: readonly string[]): Block {
  const height = 34 + hints.length * 17
  const width = 230
  const to = `${title}`
  return {
    height,
    reach: width,
    wires: [{ pin, colour: 'cable', y: 22, to }],
    inner: [],
    draw: (place) =>
      [
        box(place, 0, 0, width, height),
        label(place, 16, 24, title, { bold: true }),
        ...hints.map((hint, i) => label(place, 16, 44 + i * 17, hint, { size: 13 })),
        terminal(at(place, 0, 22), to),
      ].join(''),
  }
}

/** A touch display on the serial line. Its own transmitter may be at 5 V: two resistors divide that. */
export function nextionBlock(plus: '2' | '4'): Block {
  const lines = [
    ['5 V', 'red', plus],
    ['ground', 'black', '6'],
    ['RX', 'yellow', '8'],
    ['TX', 'blue', '10'],
  ] as const
  const u = 210
  const width = 190
  const y = (i: number) => 64 + i * 44
  const height = y(3) + 34
  const title = 'Nextion display'
  return {
    height,
    reach: u + width,
    wires: lines.map(
      ([name, colour, pin], i): PinWire => ({
        pin: piPin(pin),
        colour,
        y: y(i),
        u: i === 3 ? 0 : u,
        to: i === 3 ? 'divider: 1 kΩ and 2.2 kΩ' : `${title}: ${name}`,
      }),
    ),
    inner: [
      { from: `${title}: TX`, to: '1 kΩ of the divider', colour: 'blue' },
      { from: '2.2 kΩ of the divider', to: 'a ground pin', colour: 'black' },
    ],
    draw: (place) =>
      [
        box(place, u, 0, width, height),
        label(place, u + width / 2, 22, title, { bold: true, runs: 'middle' }),
        label(place, u + width / 2, 39, 'colours of its own cable', { size: 13, runs: 'middle' }),
        ...lines.map(([name], i) => label(place, u + 12, y(i) + 5, name, { size: 13 })),
        divider(place, y(3), u, title),
        ...lines.map(([name], i) => terminal(at(place, u, y(i)), `${title}: ${name}`)),
      ].join(''),
  }
}

function divider(place: Place, y: number, u: number, title: string): string {
  const ends = { from: `${title}: TX`, to: '1 kΩ of the divider' }
  const foot = y + 62
  return [
    wire([at(place, u, y), at(place, 0, y)], 'blue', { ...ends, to: 'divider: 1 kΩ and 2.2 kΩ' }),
    box(place, 104, y - 9, 52, 18),
    label(place, 130, y - 15, '1 kΩ', { size: 13, runs: 'middle' }),
    wire([at(place, 40, y), at(place, 40, foot)], 'blue'),
    joint(at(place, 40, y)),
    box(place, 31, y + 16, 18, 34),
    label(place, 58, y + 38, '2.2 kΩ to ground', { size: 13 }),
    ground(place, 40, foot),
    terminal(at(place, 0, y), 'divider: 1 kΩ and 2.2 kΩ'),
  ].join('')
}

function ground(place: Place, u: number, y: number): string {
  const bar = (half: number, dy: number) =>
    wire([at(place, u - half, y + dy), at(place, u + half, y + dy)], 'black')
  return bar(11, 0) + bar(7, 5) + bar(3, 10)
}

/** An encoder as arcade cabinets have it: one input for each key, with a contact of its own for ground. */
export function encoderBlock(codes: readonly [Key, string][]): Block {
  const pitch = 42
  const width = 150
  const keyAt = width + 92
  const keyWidth = 130
  const y = (i: number) => 66 + i * pitch
  const height = y(codes.length - 1) + 26
  const title = 'USB encoder'
  const links = codes.map(
    ([key, code], i): InnerWire => ({
      from: `${inputOf(code) ?? `input ${i + 1}`}, ${code}`,
      to: `key ${keyName(key)}`,
      colour: keyColours[key],
    }),
  )
  return {
    height,
    reach: keyAt + keyWidth,
    wires: [{ pin: piPin('usb'), colour: 'cable', y: 22, to: title }],
    inner: links,
    draw: (place) =>
      [
        box(place, 0, 0, width, height),
        label(place, 16, 27, title, { bold: true }),
        label(place, width + 46, 30, 'two contacts for each key', { size: 13 }),
        terminal(at(place, 0, 22), title),
        ...codes.map(([key, code], i) =>
          [
            label(place, width - 12, y(i) + 5, inputOf(code) ?? code, { size: 13, runs: 'in' }),
            box(place, keyAt, y(i) - 16, keyWidth, 32),
            label(place, keyAt + keyWidth / 2, y(i) + 5, keyName(key), { bold: true, runs: 'middle' }),
            innerWire(place, [width, y(i)], [keyAt, y(i)], links[i]!),
            terminal(at(place, width, y(i)), links[i]!.from),
            terminal(at(place, keyAt, y(i)), links[i]!.to),
          ].join(''),
        ),
      ].join(''),
  }
}

/** The buttons of a joystick in the order of the kernel (input-event-codes.h): the first is input 1. */
const joystick = [
  'TRIGGER',
  'THUMB',
  'THUMB2',
  'TOP',
  'TOP2',
  'PINKIE',
  'BASE',
  'BASE2',
  'BASE3',
  'BASE4',
  'BASE5',
  'BASE6',
]

function inputOf(code: string): string | undefined {
  const place = joystick.indexOf(code.replace(/^BTN_/, ''))
  return place < 0 ? undefined : `input ${place + 1}`
}
