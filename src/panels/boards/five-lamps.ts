import { type Face, faces } from '../../domain/words.ts'
import type { LampSink } from '../lights/sinks.ts'
import type { FiveBoard } from './five.ts'
import { requireMode, supports } from './five-contacts.ts'

export interface FiveLampsOptions {
  pins: Readonly<Record<Face, number | string>>
  /** What the line is while the lamp is lit. */
  active: 'high' | 'low'
}

/** What johnny-five takes for fully on, unless a plugin says otherwise. */
const fullPwm = 255

/**
 * Lamps on a board of johnny-five, dimmed where the pin can do that. Its Led would ignore `active` on pins
 * that cannot, and throws there when it is dimmed.
 * Throws a `HardwareError` for a pin that the board does not have.
 */
export function fiveLamps(five: FiveBoard, { pins, active }: FiveLampsOptions): LampSink {
  const { io, board } = five
  for (const face of faces) requireMode(io, pins[face], io.MODES.OUTPUT, `lamp ${face}`)
  const shown: Partial<Record<Face, number>> = {}
  const lamps = faces.map((face) => ({
    face,
    pin: pins[face],
    dimmed: supports(io, pins[face], io.MODES.PWM),
  }))
  for (const { pin, dimmed } of lamps) board.pinMode(pin, dimmed ? io.MODES.PWM : io.MODES.OUTPUT)
  const write = (levels: Readonly<Record<Face, number>>) => {
    for (const { face, pin, dimmed } of lamps) {
      const level = active === 'high' ? levels[face] : 1 - levels[face]
      const value = dimmed ? Math.round(fullPwm * level) : level >= 0.5 ? io.HIGH : io.LOW
      if (shown[face] === value) continue
      if (dimmed) board.pwmWrite(pin, value)
      else board.digitalWrite(pin, value)
      shown[face] = value
    }
  }
  write(dark)
  return {
    onOff: lamps.every(({ dimmed }) => !dimmed),
    async write(levels) {
      write(levels)
    },
    async [Symbol.asyncDispose]() {
      try {
        write(dark)
      } catch {
        // The board may be what is gone.
      }
    },
  }
}

const dark = { satisfied: 0, neutral: 0, dissatisfied: 0 }
