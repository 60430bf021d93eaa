import type { Key } from '../../domain/words.ts'
import type { Profile } from '../profile/profile.ts'
import type { Block } from './block.ts'
import {
  arduinoPinName,
  type Board,
  type BoardPin,
  largeArduino,
  pi,
  pinOfGpio,
  piPin,
  type Side,
  shortPi,
  uno,
} from './boards.ts'
import { addressed, type I2cDevice, type I2cLine, i2cBlock } from './i2c-block.ts'
import { type Contact, contactsBlock } from './key-block.ts'
import { lampsBlock } from './lamp-block.ts'
import { pixelsBlock } from './pixel-block.ts'
import { encoderBlock, nextionBlock, pluggedBlock } from './plug-blocks.ts'
import { lightsPower } from './power.ts'
import { gpioKeys, gpioLamps, mapped, pixelLine, pixelsOf } from './uses.ts'

/** A board and what stands around it. */
export interface Band {
  board: Board
  left: Block[]
  right: Block[]
}

/** What a profile is wired from: the Pi first, then its Arduino where it has one. */
export function plan(profile: Profile): Band[] {
  const arduino = arduinoBand(profile)
  return [piBand(profile, arduino !== undefined), ...(arduino ? [arduino] : [])]
}

function piBand(profile: Profile, withArduino: boolean): Band {
  // Nothing but a display is wired to the Pi beside an Arduino.
  const board = withArduino ? shortPi(7) : pi
  const free = new Grounds(board)
  const blocks: Block[] = []
  const i2c = piI2c(profile, free)
  if (i2c) blocks.push(i2c)
  const lamps = gpioLamps(profile)
  if (lamps.length > 0) {
    const pins = lamps.map(([face, gpio]) => ({ face, pin: pinOfGpio(gpio), ...lampSays(profile, face) }))
    const active = profile.lights.driver === 'raspi-lamps' ? profile.lights.active : 'high'
    blocks.push(
      lampsBlock({ lamps: pins, plus: piPin('4'), ground: free.near(pins[0]!.pin, 'above'), active }),
    )
  }
  const pixels = pixelsOf(profile)
  const line = pixelLine(profile)
  if (pixels && line !== undefined) {
    const data = pinOfGpio(line)
    const ground = free.near(data, 'below')
    blocks.push(pixelsBlock({ pixels, power: lightsPower(profile)!, data, ground, shifter: true }))
  }
  const contacts = gpioKeys(profile).map(([key, gpio]) => ({ key, pin: pinOfGpio(gpio) }))
  blocks.push(...keyGroups(contacts, blocks, free, commonColour(profile)))
  if (profile.display.driver === 'nextion' || profile.keys.driver === 'nextion')
    blocks.push(nextionBlock(lamps.length > 0 ? '2' : '4'))
  blocks.push(...plugged(profile, board))
  return sides(board, blocks)
}

function plugged({ keys: own, lights, display }: Profile, board: Board): Block[] {
  const socket = (name: 'power' | 'usb' | 'screen') => board.pins.find(({ pin }) => pin === name)!
  const blocks = [pluggedBlock(socket('power'), 'supply of the Pi', ['5.1 V, 3 A; a Pi 5: 5 A'])]
  if (own.driver === 'linux' && !own.pins) blocks.push(encoderBlock(mapped(own.codes)))
  if ([own, lights, display].some(({ driver }) => driver === 'browser'))
    blocks.push(
      pluggedBlock(socket('usb'), 'touch of the screen', ['USB; a DSI screen needs none']),
      pluggedBlock(socket('screen'), 'screen', ['HDMI, or DSI by its flat cable']),
    )
  if (board.cut) blocks.push(pluggedBlock(socket('usb'), 'Arduino, see below', ['USB cable, A to B']))
  return blocks
}

function piI2c({ keys: own, display }: Profile, free: Grounds): Block | undefined {
  const devices: I2cDevice[] = []
  if (display.driver === 'oled' || display.driver === 'lcd') devices.push(displayDevice(display))
  if (own.driver === 'linux-touch' || own.driver === 'raspi-touch')
    devices.push(
      touchDevice(own.electrodes, addressed(display.driver === 'lcd' ? '5 V board' : '3.3 V', own.address)),
    )
  if (devices.length === 0) return undefined
  const lines: I2cLine[] = [
    { name: '3.3 V', pin: piPin('1') },
    { name: 'SDA', pin: piPin('3') },
    { name: 'SCL', pin: piPin('5') },
    { name: 'ground', pin: free.near(piPin('5'), 'below')! },
  ]
  if (display.driver === 'lcd') lines.unshift({ name: '5 V', pin: piPin('2'), over: true })
  return i2cBlock(lines, devices)
}

function displayDevice(display: Extract<Profile['display'], { driver: 'oled' | 'lcd' }>): I2cDevice {
  return display.driver === 'oled'
    ? {
        is: 'oled',
        title: `OLED ${display.size.replace('x', '×')}`,
        hint: addressed(display.chip.toUpperCase(), display.address),
      }
    : { is: 'lcd', title: `LCD ${display.size.replace('x', '×')}`, hint: addressed('5 V', display.address) }
}

function touchDevice(electrodes: Partial<Record<Key, number>>, hint: string): I2cDevice {
  // In the order of the chip, so that no wire crosses another.
  const inOrder = mapped(electrodes).sort(([, a], [, b]) => a - b)
  return { is: 'touch', title: 'MPR121', hint, electrodes: inOrder }
}

function lampSays({ lights }: Profile, face: 'satisfied' | 'neutral' | 'dissatisfied') {
  return lights.driver === 'linux-lamps' ? { says: lights.leds[face] } : {}
}

function commonColour({ keys: own }: Profile): 'black' | 'orange' {
  return 'active' in own && own.active === 'high' ? 'orange' : 'black'
}

/** Keys that follow each other on one side of a board, with no other part between, share their ground. */
function keyGroups(contacts: Contact[], others: Block[], free: Grounds, colour: 'black' | 'orange'): Block[] {
  const groups: Contact[][] = []
  const between = (a: Contact, b: Contact) =>
    others.some(
      ({ wires: [first] }) =>
        first!.pin.side === a.pin.side &&
        !first!.over &&
        first!.pin.row > a.pin.row &&
        first!.pin.row < b.pin.row,
    )
  for (const contact of [...contacts].sort(byPin)) {
    const last = groups.at(-1)?.at(-1)
    if (last && last.pin.side === contact.pin.side && !between(last, contact)) groups.at(-1)!.push(contact)
    else groups.push([contact])
  }
  return groups.map((group, i) => {
    const lastOfSide = groups[i + 1]?.[0]?.pin.side !== group[0]!.pin.side
    const common = lastOfSide ? free.either(group, colour) : undefined
    return contactsBlock(group, { what: 'key', commonColour: colour, ...(common && { common }) })
  })
}

function byPin(a: Contact, b: Contact): number {
  return a.pin.side === b.pin.side ? a.pin.row - b.pin.row : a.pin.side === 'left' ? -1 : 1
}

function arduinoBand(profile: Profile): Band | undefined {
  const { keys: own, lights } = profile
  const uses =
    own.driver === 'usb' ||
    own.driver === 'usb-touch' ||
    lights.driver === 'usb' ||
    lights.driver === 'usb-lamps'
  if (!uses) return undefined
  const contacts = own.driver === 'usb' ? mapped(own.pins) : []
  const lamps = lights.driver === 'usb-lamps' ? mapped(lights.pins) : []
  const data = lights.driver === 'usb' ? [lights.pin] : []
  const numbers = [...contacts, ...lamps].map(([, pin]) => pin).concat(data)
  const board = numbers.some((pin) => pin > 19) ? largeArduino(numbers) : uno
  const pin = (number: number) =>
    board.pins.find((one) => one.pin === (board === uno ? arduinoPinName(number) : `${number}`))!
  const free = new Grounds(board)
  const blocks: Block[] = []
  if (own.driver === 'usb-touch') blocks.push(arduinoTouch(board, own, free))
  if (lights.driver === 'usb') {
    // The single ground of this edge is the keys', whose wire passes by.
    const ground = contacts.length > 0 ? undefined : free.near(pin(lights.pin), 'below')
    blocks.push(
      pixelsBlock({
        pixels: lights,
        power: lightsPower(profile)!,
        data: pin(lights.pin),
        ground,
        shifter: false,
      }),
    )
  }
  const groups = contacts.map(([key, number]) => ({ key, pin: pin(number) }))
  blocks.push(...keyGroups(groups, blocks, free, commonColour(profile)))
  if (lamps.length > 0) {
    const all = lamps.map(([key, number]) => ({ key, pin: pin(number) })).sort(byPin)
    const common = free.either(all, 'black')
    blocks.push(contactsBlock(all, { what: 'lamp', commonColour: 'black', ...(common && { common }) }))
  }
  return sides(board, blocks)
}

function arduinoTouch(
  board: Board,
  own: Extract<Profile['keys'], { driver: 'usb-touch' }>,
  free: Grounds,
): Block {
  const named = (name: string) => board.pins.find(({ pin }) => pin === name)!
  const lines: I2cLine[] =
    board === uno
      ? [
          { name: 'SCL', pin: named('A5') },
          { name: 'SDA', pin: named('A4') },
          { name: 'ground', pin: free.take('GND 3') },
          { name: '5 V', pin: named('5V') },
        ]
      : [
          { name: 'ground', pin: free.take('GND') },
          { name: '5 V', pin: named('5V') },
          { name: 'SDA', pin: named('SDA') },
          { name: 'SCL', pin: named('SCL') },
        ]
  return i2cBlock(lines, [touchDevice(own.electrodes, addressed('5 V board', own.address))])
}

function sides(board: Board, blocks: Block[]): Band {
  const sideOf = ({ wires: [first] }: Block): Side => (first!.over ? 'left' : first!.pin.side)
  const row = ({ wires: [first] }: Block) => (first!.over ? -1 : first!.pin.row)
  const on = (side: Side) => blocks.filter((block) => sideOf(block) === side).sort((a, b) => row(a) - row(b))
  return { board, left: on('left'), right: on('right') }
}

/** The ground pins of a board, each for one wire. */
class Grounds {
  readonly #free: BoardPin[]
  readonly #board: Board

  constructor(board: Board) {
    this.#board = board
    this.#free = board.pins.filter(({ name }) => name === 'ground')
  }

  take(pin: string): BoardPin {
    return this.#taken(this.#free.find((one) => one.pin === pin)!)
  }

  /** The nearest one on the same side, above or below. */
  near({ side, row }: BoardPin, where: 'above' | 'below'): BoardPin {
    const there = this.#free.filter(
      (one) => one.side === side && (where === 'below' ? one.row > row : one.row < row),
    )
    const [found] = there.sort((a, b) => Math.abs(a.row - row) - Math.abs(b.row - row))
    return this.#taken(found ?? this.#free.find((one) => one.side === side) ?? this.#free[0]!)
  }

  /** What the keys of a side share: below the last of them, else above the first. */
  either(
    group: readonly Contact[],
    colour: 'black' | 'orange',
  ): { pin: BoardPin; leaves: 'above' | 'below' } | undefined {
    const [first, last] = [group[0]!.pin, group.at(-1)!.pin]
    if (colour === 'orange') {
      const pin = this.#board.pins.find(({ pin, name }) => name === '3.3 V' && pin !== '1') ?? this.#free[0]!
      return { pin, leaves: pin.side === last.side && pin.row > last.row ? 'below' : 'above' }
    }
    const below = this.#free.filter(({ side, row }) => side === last.side && row > last.row)
    if (below.length > 0) return { pin: this.#taken(below[0]!), leaves: 'below' }
    const above = this.#free.filter(({ side, row }) => side === first.side && row < first.row)
    return above.length > 0 ? { pin: this.#taken(above.at(-1)!), leaves: 'above' } : undefined
  }

  #taken(pin: BoardPin): BoardPin {
    this.#free.splice(this.#free.indexOf(pin), 1)
    return pin
  }
}
