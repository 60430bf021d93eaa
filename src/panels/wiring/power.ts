import type { Profile } from '../profile/profile.ts'
import { pixelsOf } from './uses.ts'

/** What feeds the lights. Everything is computed for 5 V and copper. */
export interface LightsPower {
  /** What the lights take at most, mA. */
  milliamps: number
  /** The smallest supply to buy, A. */
  supplyAmps: number
  /** The slow fuse in its plus line, A. */
  fuseAmps: number
  /** Of each wire between supply and lights, up to `reachMetres`, in mm². */
  crossSection: number
  reachMetres: number
}

/** What a dark pixel takes for itself, mA; data sheets of WS2812B and its kin say 0.6 to 1. */
const restMilliamps = 1

/** Sold ratings. Fuses after IEC 60127; wires after IEC 60228, with what a flexible one may carry. */
const supplies = [1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40] as const
const fuses = [0.5, 0.63, 0.8, 1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8, 10, 12.5, 16, 20, 25, 32] as const
const wires = [
  { crossSection: 0.5, carriesAmps: 3 },
  { crossSection: 0.75, carriesAmps: 6 },
  { crossSection: 1, carriesAmps: 10 },
  { crossSection: 1.5, carriesAmps: 16 },
  { crossSection: 2.5, carriesAmps: 25 },
  { crossSection: 4, carriesAmps: 32 },
] as const

/** Ohm · mm² / m, of copper at 20 °C. */
const resistivity = 0.0175
const volts = 5
/** More drop than this, and the last pixels turn yellowish. */
const longestDrop = 0.03
const reachMetres = 1

/**
 * What the pixels of a profile need; nothing where it has none. The power budget bounds the frame, so the
 * supply follows it and not what the pixels could take.
 */
export function lightsPower(profile: Profile): LightsPower | undefined {
  const pixels = pixelsOf(profile)
  if (!pixels) return undefined
  const count = 3 * pixels.pixelsPerFace
  const milliamps = Math.min(pixels.maxMilliamps, count * pixels.milliampsPerPixel) + count * restMilliamps
  const amps = milliamps / 1000
  // A fuse that runs at four fifths of its rating does not age; a supply above it can blow it.
  const fuseAmps = atLeast(fuses, amps * 1.25)
  const supplyAmps = atLeast(supplies, Math.max(fuseAmps, amps * 1.3))
  const thinnest = (resistivity * 2 * reachMetres * amps) / (volts * longestDrop)
  const wire =
    wires.find((one) => one.crossSection >= thinnest && one.carriesAmps >= fuseAmps) ?? wires.at(-1)!
  return { milliamps, supplyAmps, fuseAmps, crossSection: wire.crossSection, reachMetres }
}

function atLeast(sizes: readonly number[], needed: number): number {
  return sizes.find((size) => size >= needed - 1e-9) ?? sizes.at(-1)!
}
