/** The boards that wires end at, as a technician sees them. */

/** Which way a pin looks in the drawing. */
export type Side = 'left' | 'right'

export interface BoardPin {
  board: 'pi' | 'arduino'
  /** What is counted or read on the board: `11`, `A4`, `GND`, `usb`. */
  pin: string
  /** What it is: `GPIO 17`, `3.3 V`, `ground`. */
  name: string
  side: Side
  /** From the top, 0 is the first. */
  row: number
  /** A socket takes a plug, all others a single wire. */
  socket?: true
}

export interface Board {
  title: string
  pins: readonly BoardPin[]
  /** How many rows of pins it has, sockets apart. */
  rows: number
  /** More rows follow that nothing is wired to. */
  cut?: true
}

/**
 * The 40 pins of the header by their place, from the documentation of Raspberry Pi: a number is a GPIO.
 * Odd ones on the left, even ones on the right, when the header is on the right edge of the board.
 */
const header = [
  ['3.3 V', '5 V'],
  [2, '5 V'],
  [3, 'ground'],
  [4, 14],
  ['ground', 15],
  [17, 18],
  [27, 'ground'],
  [22, 23],
  ['3.3 V', 24],
  [10, 'ground'],
  [9, 25],
  [11, 8],
  ['ground', 7],
  [0, 1],
  [5, 'ground'],
  [6, 12],
  [13, 'ground'],
  [19, 16],
  [26, 20],
  ['ground', 21],
] as const

const piSockets = [
  ['power', 'power socket'],
  ['usb', 'USB'],
  ['screen', 'HDMI or DSI'],
] as const

/** Every Raspberry Pi since the B+. */
export const pi: Board = {
  title: 'Raspberry Pi',
  rows: header.length,
  pins: [
    ...header.flatMap((names, row) =>
      names.map((name, i): BoardPin => {
        const said = typeof name === 'number' ? `GPIO ${name}` : name
        return { board: 'pi', pin: `${2 * row + i + 1}`, name: said, side: i ? 'right' : 'left', row }
      }),
    ),
    ...piSockets.map(
      ([pin, name], i): BoardPin => ({
        board: 'pi',
        pin,
        name,
        side: 'right',
        row: header.length + 1 + 2 * i,
        socket: true,
      }),
    ),
  ],
}

/** Which pin of the header is this GPIO, a BCM number from 0 to 27? */
export function pinOfGpio(gpio: number): BoardPin {
  const found = pi.pins.find(({ name }) => name === `GPIO ${gpio}`)
  if (!found) throw new RangeError(`no pin of the header is GPIO ${gpio}`)
  return found
}

/** The same board with the unused end of its header left away, where two boards share a picture. */
export function shortPi(rows: number): Board {
  const kept = pi.pins.filter(({ row, socket }) => !socket && row < rows)
  const sockets = pi.pins.filter(({ socket }) => socket).map((pin, i) => ({ ...pin, row: rows + 1 + 2 * i }))
  return { ...pi, rows, cut: true, pins: [...kept, ...sockets] }
}

export function piPin(pin: string): BoardPin {
  return pi.pins.find((one) => one.pin === pin)!
}

const unoLeft = [...Array.from({ length: 14 }, (_, i) => `${i}`), 'GND', 'AREF']
const unoRight = ['A5', 'A4', 'A3', 'A2', 'A1', 'A0', 'VIN', 'GND 2', 'GND 3', '5V', '3.3V', 'RESET', 'IOREF']

/** An Arduino Uno R3 that lies with its USB socket downwards. */
export const uno: Board = {
  title: 'Arduino Uno',
  rows: unoLeft.length,
  pins: [
    ...unoLeft.map((pin, row) => unoPin(pin, 'left', row)),
    ...unoRight.map((pin, row) => unoPin(pin, 'right', row + 1)),
  ],
}

function unoPin(pin: string, side: Side, row: number): BoardPin {
  const name = pin.startsWith('GND') ? 'ground' : /^\d+$/.test(pin) ? `pin ${pin}` : pin
  return { board: 'arduino', pin, name, side, row }
}

/** A board with more pins than an Uno, such as a Mega: only the pins in use, by their numbers. */
export function largeArduino(numbers: readonly number[]): Board {
  const left = [...[...new Set(numbers)].sort((a, b) => a - b).map(String), 'GND', '5V', 'SDA', 'SCL']
  return {
    title: 'Arduino',
    rows: left.length,
    pins: left.map((pin, row) => unoPin(pin, 'left', row)),
  }
}

/** How Firmata counts the pins of an Uno: behind 13 come A0 to A5. */
export function arduinoPinName(number: number): string {
  return number >= 14 && number <= 19 ? `A${number - 14}` : `${number}`
}
