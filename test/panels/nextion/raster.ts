import type { Face } from '../../../src/domain/words.ts'
import { rasteriseFace } from '../../../src/panels/face-raster.ts'

/** Which pixels of a square are body (1), features (2) or neither (0), by the drawing itself. */
export function drawn(face: Face, side: number): Uint8Array {
  const size = { width: side, height: side }
  const body = rasteriseFace(face, { ...size, parts: ['body'] })
  const features = rasteriseFace(face, { ...size, parts: ['eyes', 'mouth'] })
  return body.map((covered, i) => (features[i]! >= 128 ? 2 : covered >= 128 ? 1 : 0))
}

/**
 * The display's own instructions, carried out: the colour of each pixel, 0 where nothing was drawn. A disc is
 * drawn by the midpoint rule.
 */
export function carriedOut(instructions: readonly string[], width: number, height: number): Uint16Array {
  const pixels = new Uint16Array(width * height)
  const set = (x: number, y: number, colour: number) => {
    if (x < 0 || y < 0 || x >= width || y >= height) throw new Error(`beside the glass: ${x},${y}`)
    pixels[y * width + x] = colour
  }
  for (const instruction of instructions) {
    const [verb, parameters = ''] = instruction.split(' ')
    const [x = 0, y = 0, a = 0, b = 0, c = 0] = parameters.split(',').map(Number)
    if (verb === 'fill') for (let j = 0; j < b; j++) for (let i = 0; i < a; i++) set(x + i, y + j, c)
    if (verb !== 'cirs') continue
    for (let j = -a; j <= a; j++) {
      for (let i = -a; i <= a; i++) if (i * i + j * j <= a * a + a) set(x + i, y + j, b)
    }
  }
  return pixels
}
