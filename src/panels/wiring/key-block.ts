import { type Face, isFace, type Key } from '../../domain/words.ts'
import { faceDrawings } from '../faces.ts'
import type { Block, PinWire } from './block.ts'
import type { BoardPin } from './boards.ts'
import { at, box, ink, joint, label, type Place, terminal, type WireColour, wire } from './ink.ts'
import { keyName } from './uses.ts'

/** A cable of many cores in the colours of DIN 47100, without red and black, which are for the supply. */
export const keyColours: Readonly<Record<Key, WireColour>> = {
  satisfied: 'green',
  neutral: 'yellow',
  dissatisfied: 'violet',
  'reason-1': 'white',
  'reason-2': 'brown',
  'reason-3': 'grey',
  'reason-4': 'pink',
  skip: 'blue',
  language: 'turquoise',
}

export interface Contact {
  key: Key
  pin: BoardPin
}

export interface ContactsOptions {
  /** What is switched or lit: a key between its line and ground, a lamp between its line and ground. */
  what: 'key' | 'lamp'
  /** The pin that the far contacts share, and whether their wire leaves above or below. */
  common?: { pin: BoardPin; leaves: 'above' | 'below' }
  /** What the far contacts go to; keys that are active high go to 3.3 V. */
  commonColour: WireColour
}

const pitch = 42
const height = 32
/** How wide a card is: a lamp says that it is one. */
const widths = { key: 164, lamp: 196 } as const

/** Keys or lamps, each between a line of its own and what they have in common. */
export function contactsBlock(contacts: readonly Contact[], options: ContactsOptions): Block {
  const { common, commonColour, what } = options
  const width = widths[what]
  const busAt = width + 18
  const names = what === 'key' ? ['signal', 'ground'] : ['+', '−']
  if (commonColour === 'orange') names[1] = '3.3 V'
  const head = common?.leaves === 'above' ? 26 : 0
  const foot = common?.leaves === 'below' ? 26 : 0
  const bottom = head + contacts.length * pitch - (pitch - height)
  const middle = (i: number) => head + i * pitch + height / 2
  const partName = (key: Key) => `${what} ${keyName(key)}`
  const signals = contacts.map(
    ({ key, pin }, i): PinWire => ({
      pin,
      colour: keyColours[key],
      y: middle(i),
      to: `${partName(key)}: ${names[0]}`,
    }),
  )
  const commonY = common?.leaves === 'above' ? 8 : bottom + foot - 8
  const shared: PinWire[] = common
    ? [
        {
          pin: common.pin,
          colour: commonColour,
          y: commonY,
          to: `${contacts.length > 1 ? `all ${what}s here` : partName(contacts[0]!.key)}: ${names[1]}`,
        },
      ]
    : []
  const first = middle(0)
  const last = middle(contacts.length - 1)
  return {
    height: bottom + foot,
    reach: busAt,
    wires: common?.leaves === 'above' ? [...shared, ...signals] : [...signals, ...shared],
    inner: [],
    bus: { u: busAt, top: first, bottom: last },
    draw(place) {
      const cards = contacts.map(({ key }, i) => card(place, key, middle(i), what, names))
      const stubs = contacts.map((_, i) =>
        wire([at(place, width, middle(i)), at(place, busAt, middle(i))], commonColour),
      )
      const ends = common ? [Math.min(first, commonY), Math.max(last, commonY)] : [first, last]
      const bus = wire([at(place, busAt, ends[0]!), at(place, busAt, ends[1]!)], commonColour)
      const back = common ? wire([at(place, busAt, commonY), at(place, 0, commonY)], commonColour) : ''
      const joints = contacts.length > 1 ? contacts.map((_, i) => joint(at(place, busAt, middle(i)))) : []
      const end = common ? terminal(at(place, 0, commonY), shared[0]!.to) : ''
      return [...stubs, bus, back, ...joints, ...cards, end].join('')
    },
  }
}

function card(place: Place, key: Key, y: number, what: 'key' | 'lamp', names: readonly string[]): string {
  const name = `${what} ${keyName(key)}`
  const width = widths[what]
  const top = y - height / 2
  return [
    box(place, 0, top, width, height),
    icon(place, key, y, width),
    label(place, place.side === 'left' ? width - 44 : 44, y + 5, what === 'key' ? keyName(key) : name, {
      size: what === 'key' ? 15 : 14,
      bold: true,
      runs: place.side === 'left' ? 'in' : 'out',
    }),
    terminal(at(place, 0, y), `${name}: ${names[0]}`),
    terminal(at(place, width, y), `${name}: ${names[1]}`),
  ].join('')
}

/** The face of a face key; a plain button for all others. */
function icon(place: Place, key: Key, y: number, width: number): string {
  const [x, middle] = at(place, place.side === 'left' ? width - 26 : 26, y)
  if (isFace(key)) return smallFace(key, x - 12, middle - 12, 24)
  return `<circle cx="${x}" cy="${middle}" r="10" fill="none" stroke="${ink}" stroke-width="1.5"/><circle cx="${x}" cy="${middle}" r="5" fill="none" stroke="${ink}" stroke-width="1.5"/>`
}

export function smallFace(face: Face, x: number, y: number, side: number): string {
  const { outline, eyes, mouth } = faceDrawings[face]
  const shapes = [...eyes, mouth].map(({ path, as }) =>
    as === 'fill'
      ? `<path d="${path}" fill="${ink}"/>`
      : `<path d="${path}" fill="none" stroke="${ink}" stroke-width="8" stroke-linecap="round"/>`,
  )
  return `<g transform="translate(${x} ${y}) scale(${side / 100})"><path d="${outline}" fill="none" stroke="${ink}" stroke-width="7"/>${shapes.join('')}</g>`
}
