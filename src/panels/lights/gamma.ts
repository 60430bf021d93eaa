/** The eye sees small lights well: half as bright to it is a fifth of the light. */
const gamma = 2.2

/** The share of the full light that looks as bright as this level, both from 0 to 1. */
export function lightOf(level: number): number {
  return Math.min(1, Math.max(0, level)) ** gamma
}

/** A colour such as `#2fd69a`, each channel as the eye sees it, from 0 to 1. */
export function channelsOf(colour: string): readonly [red: number, green: number, blue: number] {
  const value = Number.parseInt(colour.slice(1), 16)
  return [((value >> 16) & 255) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255]
}
