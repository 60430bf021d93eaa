/**
 * Light and how bright it looks are two things: half the light looks three quarters as bright. Colours and
 * animations are written as they look, LEDs take light. Between the two lies the curve of sRGB
 * (IEC 61966-2-1).
 */

/** Light, 0 to 1 of the most there is, that looks so bright. */
export function toLight(level: number): number {
  return level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4
}

/** Red, green and blue light of a colour. */
export type Light3 = readonly [red: number, green: number, blue: number]

/** @param colour `#rrggbb` */
export function colourLight(colour: string): Light3 {
  const part = (at: number) => toLight(Number.parseInt(colour.slice(at, at + 2), 16) / 255)
  return [part(1), part(3), part(5)]
}

/** Relative luminance, as WCAG 2 defines it, of what has so much red, green and blue light. */
export function luminance(red: number, green: number, blue: number): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** How bright so much light looks, 0 to 1: the other way round. */
export function fromLight(light: number): number {
  return light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055
}
