import * as v from 'valibot'
import { type Face, faces, type Key, keys } from '../../domain/words.ts'
import { about, choice, choices, text, wholeNumber } from '../../settings/kinds.ts'

/** What the schemas of several drivers have in common. */

/** One value for each key of a panel; the faces are needed, all others are there or not. */
export function eachKey<S extends v.GenericSchema>(item: S, title: string, description: string) {
  type Entries = Record<Face, S> & Record<Exclude<Key, Face>, v.ExactOptionalSchema<S, undefined>>
  const entries = Object.fromEntries(
    keys.map((key) => [key, (faces as readonly Key[]).includes(key) ? item : v.exactOptional(item)]),
  ) as unknown as Entries
  return v.pipe(v.strictObject(entries), about({ title, description }))
}

/** One value for each face. */
export function eachFace<S extends v.GenericSchema>(item: S, title: string, description: string) {
  const entries = Object.fromEntries(faces.map((face) => [face, item])) as unknown as Record<Face, S>
  return v.pipe(v.strictObject(entries), about({ title, description }))
}

export const gpio = wholeNumber(0, 27, { title: 'GPIO', description: 'A line of the Pi, by its BCM number.' })

export const arduinoPin = wholeNumber(2, 69, {
  title: 'Pin',
  description: 'A digital pin of the Arduino; A0 of an Uno or Nano is 14.',
})

export const electrode = wholeNumber(0, 11, { title: 'Electrode', description: 'Of the MPR121.' })

/** Contacts to ground or to the supply. */
export const contacts = {
  pull: v.optional(
    choice(['up', 'none'], { title: 'Pull', description: 'The resistor that holds the line while open.' }),
    'up',
  ),
  active: v.optional(
    choice(['low', 'high'], { title: 'Active', description: 'What the line is while the key is held.' }),
    'low',
  ),
}

export const bounce = {
  debounceMs: v.optional(
    wholeNumber(0, 100, {
      title: 'Bounce',
      description: 'How long the contacts bounce at most.',
      unit: 'milliseconds',
    }),
    20,
  ),
}

/** Where something is plugged in: a path that stays the same whatever else is plugged in. */
export function device(paths: string, title: string, description: string) {
  return v.optional(
    text(/^(auto|\/dev\/[\w./:+-]+)$/, {
      title,
      description,
      words: `auto, or a path such as ${paths}`,
    }),
    'auto',
  )
}

export const i2cBus = {
  bus: v.optional(wholeNumber(0, 22, { title: 'Bus', description: '/dev/i2c-N; 1 on the pins of a Pi.' }), 1),
}

export function i2cAddress(standard: number, description: string) {
  const address = wholeNumber(0x08, 0x77, { title: 'Address', description })
  return { address: v.optional(address, standard) }
}

/** How the pixels of the faces lie on their chain, and what they may take. */
export const pixels = {
  shape: v.optional(
    choice(['ring', 'matrix'], {
      title: 'Shape',
      description: 'A ring (or any other heap) lights as a whole; a matrix draws the face itself.',
    }),
    'ring',
  ),
  pixelsPerFace: wholeNumber(1, 256, { title: 'Pixels', description: 'Of each face.' }),
  chain: v.optional(
    choices(faces, 3, {
      title: 'Chain',
      description: 'In which order the data line goes through the faces.',
    }),
    [...faces],
  ),
  width: v.optional(
    wholeNumber(1, 32, { title: 'Width', description: 'Of a matrix, in pixels; its rows go downwards.' }),
    8,
  ),
  rows: v.optional(
    choice(['straight', 'serpentine'], {
      title: 'Rows',
      description: 'Whether every second row of a matrix runs backwards.',
    }),
    'straight',
  ),
  order: v.optional(
    choice(['GRB', 'RGB', 'BRG', 'RBG', 'GBR', 'BGR'], {
      title: 'Order',
      description: 'In which order a pixel takes its colours. Wrong colours: try another one.',
    }),
    'GRB',
  ),
  brightnessPercent: v.optional(
    wholeNumber(1, 100, { title: 'Brightness', description: 'Of a fully lit face.', unit: 'percent' }),
    50,
  ),
  milliampsPerPixel: v.optional(
    wholeNumber(1, 100, { title: 'Current', description: 'Of one pixel at full white.', unit: 'mA' }),
    60,
  ),
  maxMilliamps: v.optional(
    wholeNumber(50, 20_000, {
      title: 'Budget',
      description: 'What the supply can spare for the lights: what would take more is dimmed.',
      unit: 'mA',
    }),
    1500,
  ),
}

/** What `pixels` says, once read. */
export type PixelsProfile = v.InferOutput<v.StrictObjectSchema<typeof pixels, undefined>>

export const usbDevice = {
  device: device(
    '/dev/serial/by-id/usb-Arduino_Uno-if00',
    'Device',
    'The Arduino. auto: the only one that is plugged in.',
  ),
}

export const nextionDevice = {
  device: device(
    '/dev/serial0 or /dev/serial/by-id/usb-1a86_USB_Serial-if00-port0',
    'Device',
    'The serial line that the display is on. auto: the only USB adapter, else /dev/serial0.',
  ),
  baud: v.optional(
    choice(['9600', '19200', '38400', '57600', '115200'], {
      title: 'Speed',
      description: 'What the page in the display is set to.',
    }),
    '115200',
  ),
}
