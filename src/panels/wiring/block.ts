import type { BoardPin } from './boards.ts'
import { at, label, type Place, type WireColour, wire } from './ink.ts'

/** A wire between a pin of a board and a contact of a part. */
export interface PinWire {
  pin: BoardPin
  colour: WireColour | 'cable'
  /** Where it ends in the part: below its top, and away from its edge. */
  y: number
  u?: number
  /** The contact, `OLED display: SDA`. */
  to: string
  /** The pin is on the far side of the board: its wire runs over the top. */
  over?: true
}

/** A connection between parts, which ends at no board. */
export interface InnerWire {
  from: string
  to: string
  colour: WireColour
}

/** A part, or a group of parts, that stands beside a board. */
export interface Block {
  height: number
  /** How far it goes away from the board. */
  reach: number
  /** From the top downwards, in the order of the pins. */
  wires: PinWire[]
  inner: InnerWire[]
  draw(place: Place): string
  /** Where the ground of its keys can be carried on to the next group of keys. */
  bus?: { u: number; top: number; bottom: number }
  /** Its ground has no pin of its own: it meets the ground of the keys on its way past, here. */
  needsGround?: { u: number; y: number }
}

/** A straight wire within a part, with its colour written on it. */
export function innerWire(
  place: Place,
  from: readonly [u: number, y: number],
  to: readonly [u: number, y: number],
  { from: a, to: b, colour }: InnerWire,
): string {
  const middle = (from[0] + to[0]) / 2
  const said = label(place, middle, from[1] - 5, colour, { size: 12, runs: 'middle' })
  return (
    wire([at(place, ...from), at(place, ...to)], colour, { from: a, to: b }) + (from[1] === to[1] ? said : '')
  )
}
