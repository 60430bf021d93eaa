import { firmata, sysex } from './firmata-messages.ts'

/** The messages by which the firmware drives WS2812, as hardware/firmware/src/pixels.h has them. Pure. */

const command = { config: 0x01, show: 0x02, setPixel: 0x03, setAll: 0x04 } as const

/** The firmware puts a pixel's colours on its data line in the order red, green, blue. */
const redFirst = 1

/** It has five bits for the pin. */
export const lastPixelPin = 31

/** Its memory on an ATmega328P has room for no more. */
export const mostPixels = 216

/** Tells the firmware of one chain of dark pixels. */
export function configMessage(pin: number, count: number): Uint8Array {
  return message(command.config, (redFirst << 5) | pin, count & 0x7f, count >> 7)
}

/**
 * What makes one frame of another one, in as few bytes as is easily found, without showing it; empty if
 * nothing does.
 * @param next three bytes for each pixel, in the order that they have on the data line
 * @param last what the firmware holds; `undefined`: nobody knows
 */
export function frameMessages(next: Uint8Array, last: Uint8Array | undefined): Uint8Array {
  const colours = coloursOf(next)
  const old = last && coloursOf(last)
  const changed = [...colours.keys()].filter((i) => colours[i] !== old?.[i])
  if (changed.length === 0) return new Uint8Array()
  const common = mostCommon(colours)
  const others = [...colours.keys()].filter((i) => colours[i] !== common)
  const alone = changed.map((i) => setPixel(i, colours[i]!))
  const together = [setAll(common), ...others.map((i) => setPixel(i, colours[i]!))]
  return concat(others.length + 1 < alone.length ? together : alone)
}

/** Lets the pixels show what the firmware holds. */
export const showMessage = message(command.show)

/** All dark at once; begins by ending whatever message was broken off. */
export const darkMessage = concat([Uint8Array.of(firmata.endSysex), setAll(0), showMessage])

function coloursOf(frame: Uint8Array): number[] {
  const count = Math.floor(frame.length / 3)
  return Array.from(
    { length: count },
    (_, i) => (frame[3 * i]! << 16) | (frame[3 * i + 1]! << 8) | frame[3 * i + 2]!,
  )
}

function mostCommon(colours: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1)
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most))[0]
}

function setPixel(index: number, colour: number): Uint8Array {
  return message(command.setPixel, index & 0x7f, index >> 7, ...sevens(colour))
}

function setAll(colour: number): Uint8Array {
  return message(command.setAll, ...sevens(colour))
}

/** 24 bits in bytes of seven, the lowest first. */
function sevens(colour: number): number[] {
  return [colour & 0x7f, (colour >> 7) & 0x7f, (colour >> 14) & 0x7f, (colour >> 21) & 0x7f]
}

function message(...bytes: number[]): Uint8Array {
  return Uint8Array.of(firmata.sysex, sysex.pixels, ...bytes, firmata.endSysex)
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
