import type { Key } from '../../domain/words.ts'
import { isFace } from '../../domain/words.ts'
import type { Block, InnerWire, PinWire } from './block.ts'
import { innerWire } from './block.ts'
import type { BoardPin } from './boards.ts'
import { at, box, label, type Place, rect, terminal, text, type WireColour, wire } from './ink.ts'
import { keyColours, smallFace } from './key-block.ts'
import { hex } from './pin-conflicts.ts'
import { keyName } from './uses.ts'

export type I2cDevice =
  | { is: 'oled'; title: string; hint: string }
  | { is: 'lcd'; title: string; hint: string }
  | { is: 'touch'; title: string; hint: string; electrodes: [Key, number][] }

/** A contact of an I2C board, in the order of the pins that it is wired to. */
export interface I2cLine {
  name: '5 V' | '3.3 V' | 'SDA' | 'SCL' | 'ground'
  pin: BoardPin
  over?: true
}

const i2cColours: Readonly<Record<I2cLine['name'], WireColour>> = {
  '5 V': 'red',
  '3.3 V': 'orange',
  SDA: 'blue',
  SCL: 'yellow',
  ground: 'black',
}

const pitch = 27
const cardWidth = 186
const padPitch = 40
/** What pads and their wires take between a chip and its board. */
const padsWidth = 216

/** Up to two boards on one I2C: the second is plugged into the first. */
export function i2cBlock(lines: readonly I2cLine[], devices: readonly I2cDevice[]): Block {
  const [first, second] = devices
  const inwards = [first, second].some((device) => device?.is === 'touch') ? padsWidth : 0
  const head = first!.is === 'lcd' ? shifted(lines, first!) : plain(lines, first!, inwards)
  if (!second) return head
  return chained(lines, head, first!, second)
}

/** A board whose contacts look at the pins. */
function plain(lines: readonly I2cLine[], device: I2cDevice, u: number): Block {
  const pads = device.is === 'touch' ? device.electrodes : []
  const busHeight = 48 + lines.length * pitch
  const padsHeight = pads.length * padPitch
  const height = Math.max(busHeight, pads.length > 0 ? busHeight + padsHeight : 0)
  const y = (i: number) => 56 + i * pitch
  return {
    height,
    reach: u + cardWidth,
    wires: lines.map(
      (line, i): PinWire => ({
        pin: line.pin,
        colour: i2cColours[line.name],
        y: y(i),
        u,
        to: `${device.title}: ${line.name}`,
        ...(line.over && { over: true }),
      }),
    ),
    inner: electrodeWires(device),
    draw: (place) =>
      [
        box(place, u, 0, cardWidth, height),
        heading(place, u, device),
        ...lines.map(({ name }, i) => contact(place, u, y(i), name, `${device.title}: ${name}`)),
        electrodes(place, device, u, y(lines.length) + 14),
      ].join(''),
  }
}

const sides: Partial<Record<I2cLine['name'], string>> = { '5 V': 'HV, 5 V', '3.3 V': 'LV, 3.3 V' }

function converterContact(name: I2cLine['name']): string {
  return sides[name] ? `converter: ${sides[name]}` : `converter, LV side: ${name}`
}

/** A board of 5 V, behind a converter that keeps its voltage off the Pi. */
function shifted(lines: readonly I2cLine[], device: I2cDevice): Block {
  const y = (i: number) => 56 + i * pitch
  const height = 44 + lines.length * pitch
  const width = 124
  const u = width + 84
  const between = lines.filter(({ name }) => name !== '3.3 V')
  const ends = (name: string): InnerWire => ({
    from: `converter, HV side: ${name}`,
    to: `${device.title}: ${name}`,
    colour: i2cColours[name as I2cLine['name']],
  })
  return {
    height,
    reach: u + cardWidth,
    wires: lines.map(
      (line, i): PinWire => ({
        pin: line.pin,
        colour: i2cColours[line.name],
        y: y(i),
        to: converterContact(line.name),
        ...(line.over && { over: true }),
      }),
    ),
    inner: between.map(({ name }) => ends(name)),
    draw: (place) =>
      [
        box(place, 0, 0, width, height),
        label(place, width / 2, 20, 'I2C level', { bold: true, runs: 'middle' }),
        label(place, width / 2, 37, 'converter', { bold: true, runs: 'middle' }),
        box(place, u, 0, cardWidth, height),
        heading(place, u, device),
        ...lines.map(({ name }, i) => contact(place, 0, y(i), sides[name] ?? name, converterContact(name))),
        ...lines.flatMap(({ name }, i) =>
          name === '3.3 V'
            ? []
            : [
                innerWire(place, [width, y(i)], [u, y(i)], ends(name)),
                terminal(at(place, width, y(i)), ends(name).from),
                contact(place, u, y(i), name, `${device.title}: ${name}`),
              ],
        ),
      ].join(''),
  }
}

/** The second board below the first, its contacts in the opposite order, so that no wire crosses another. */
function chained(all: readonly I2cLine[], head: Block, first: I2cDevice, second: I2cDevice): Block {
  // Behind a converter nothing is left of 3.3 V.
  const lines = first.is === 'lcd' ? all.filter(({ name }) => name !== '3.3 V') : all
  const pads = second.is === 'touch' ? second.electrodes.length : 0
  const count = lines.length
  const outer = head.reach
  const top = head.height + 26
  const height = Math.max(48 + count * pitch, 54 + pads * padPitch)
  const u = outer - cardWidth
  const upper = (i: number) => 56 + all.indexOf(lines[i]!) * pitch
  const lower = (i: number) => top + 56 + (count - 1 - i) * pitch
  const links = lines.map(
    ({ name }): InnerWire => ({
      from: `${first.title}: ${name}, second`,
      to: `${second.title}: ${name}`,
      colour: i2cColours[name],
    }),
  )
  const farContact = (place: Place, y: number, name: string, of: string) =>
    label(place, outer - 10, y + 5, name, { size: 13, runs: 'in' }) + terminal(at(place, outer, y), of)
  return {
    height: top + height,
    reach: outer + 28 + count * 14 + 44,
    wires: head.wires,
    inner: [...head.inner, ...links, ...electrodeWires(second)],
    draw: (place) =>
      [
        head.draw(place),
        box(place, u, top, cardWidth, height),
        heading({ ...place, top: place.top + top }, u, second),
        ...links.map(({ from, to, colour }, i) => {
          const lane = outer + 62 + (count - 1 - i) * 14
          const way = [
            at(place, outer, upper(i)),
            at(place, lane, upper(i)),
            at(place, lane, lower(i)),
            at(place, outer, lower(i)),
          ]
          return [
            wire(way, colour, { from, to }),
            label(place, outer + 8, upper(i) - 5, colour, { size: 12 }),
            label(place, outer + 8, lower(i) - 5, colour, { size: 12 }),
            farContact(place, upper(i), lines[i]!.name, from),
            farContact(place, lower(i), lines[i]!.name, to),
          ].join('')
        }),
        electrodes(place, second, u, top + 56),
      ].join(''),
  }
}

function heading(place: Place, u: number, { title, hint }: I2cDevice): string {
  return (
    label(place, u + cardWidth / 2, 20, title, { bold: true, runs: 'middle' }) +
    label(place, u + cardWidth / 2, 37, hint, { size: 13, runs: 'middle' })
  )
}

function contact(place: Place, u: number, y: number, name: string, full: string): string {
  return label(place, u + 10, y + 5, name, { size: 13 }) + terminal(at(place, u, y), full)
}

function electrodeWires(device: I2cDevice): InnerWire[] {
  if (device.is !== 'touch') return []
  return device.electrodes.map(([key, electrode]) => ({
    from: `${device.title}: electrode ${electrode}`,
    to: `pad ${keyName(key)}`,
    colour: keyColours[key],
  }))
}

/** The pads that fingers touch, between the chip and the board. */
function electrodes(place: Place, device: I2cDevice, u: number, top: number): string {
  return electrodeWires(device)
    .map((ends, i) => {
      const key = (device as Extract<I2cDevice, { is: 'touch' }>).electrodes[i]![0]
      const y = top + i * padPitch
      const near = u - 66
      return [
        pad(place, key, near, y),
        innerWire(place, [u, y], [near, y], ends),
        label(place, u + 10, y + 5, ends.from.replace(/^.*: /, ''), { size: 13 }),
        terminal(at(place, u, y), ends.from),
        terminal(at(place, near, y), ends.to),
      ].join('')
    })
    .join('')
}

function pad(place: Place, key: Key, near: number, y: number): string {
  const width = 144
  const [a, middle] = at(place, near, y)
  const x = place.side === 'left' ? a : a - width
  const frame = rect(x, middle - 16, width, 32, { radius: 16 })
  const name = keyName(key)
  if (!isFace(key)) return frame + text([x + width / 2, middle + 5], name, { bold: true, anchor: 'middle' })
  return (
    frame +
    smallFace(key, x + 12, middle - 11, 22) +
    text([x + 42, middle + 5], name, { bold: true, size: 14 })
  )
}

/** What is printed beside the name of a board. */
export function addressed(hint: string, address: number): string {
  return `${hint}, address ${hex(address)}`
}
