import type { Edge } from '../../domain/press-filter.ts'
import type { Key } from '../../domain/words.ts'
import { HardwareError } from '../errors.ts'
import type { FiveBoard, FiveIo } from './five.ts'

export interface FiveContactsOptions {
  /** Which line is which key, in the words or numbers of the plugin. */
  pins: Readonly<Partial<Record<Key, number | string>>>
  /** The resistor that holds the line while the key is not pressed; `none`: it is on the plate. */
  pull: 'up' | 'none'
  /** What the line is while the key is held. */
  active: 'low' | 'high'
}

/** Keys that are listened to. */
export interface FiveContacts extends AsyncDisposable {
  /** Resolves when every line has said what it is: only from then on is a change an edge. */
  readonly heard: Promise<void>
}

/**
 * Tells of every edge of keys on a board of johnny-five, as it comes: its Button would swallow short taps.
 * A key that is held at the start is told of once it has been released, since it may be a wire that is cut.
 * Throws a `HardwareError` for a pin that the board does not have.
 */
export function fiveContacts(
  five: FiveBoard,
  { pins, pull, active }: FiveContactsOptions,
  tell: (key: Key, edge: Edge['edge']) => void,
): FiveContacts {
  const { io, board } = five
  const lines = Object.entries(pins) as [Key, number | string][]
  for (const [key, pin] of lines) requireMode(io, pin, io.MODES.INPUT, `key ${key}`)
  // All resistors first: the first line that is asked for tells of its neighbours, too.
  for (const [, pin] of lines) setInput(five, pin, pull)
  let open = true
  const silent = new Set(lines.map(([key]) => key))
  let allHeard = () => {}
  const heard = new Promise<void>((resolve) => {
    allHeard = resolve
  })
  for (const [key, pin] of lines) {
    let last: Edge['edge'] | undefined
    board.digitalRead(pin, (value) => {
      const edge = (value === io.HIGH) === (active === 'high') ? 'down' : 'up'
      if (edge === last) return
      const first = last === undefined
      last = edge
      if (open && !first) tell(key, edge)
      if (silent.delete(key) && silent.size === 0) allHeard()
    })
  }
  return {
    heard,
    async [Symbol.asyncDispose]() {
      open = false
    },
  }
}

/** Firmata has a mode for the pull-up; johnny-five's own way, which raspi-io knows, is to write to an input. */
function setInput({ io, board }: FiveBoard, pin: number | string, pull: 'up' | 'none'): void {
  const pullUp = io.MODES.PULLUP
  if (pull === 'up' && pullUp !== undefined && supports(io, pin, pullUp)) {
    board.pinMode(pin, pullUp)
    return
  }
  board.pinMode(pin, io.MODES.INPUT)
  if (pull === 'up') board.digitalWrite(pin, io.HIGH)
}

/** Whether a pin can do something; one that does not exist can do nothing. */
export function supports(io: FiveIo, pin: number | string, mode: number): boolean {
  const number = typeof pin === 'number' && !io.normalize ? pin : io.normalize!(pin)
  return io.pins[number]?.supportedModes.includes(mode) ?? false
}

/** Throws a `HardwareError` that names pin and purpose. */
export function requireMode(io: FiveIo, pin: number | string, mode: number, purpose: string): void {
  if (!supports(io, pin, mode))
    throw new HardwareError(
      `${io.name}: pin ${pin} cannot be used as ${purpose}: choose another one in the profile`,
    )
}
