import t from 'tap'
import { faces } from '../../../src/domain/words.ts'
import { drawFace } from '../../../src/panels/displays/nextion/face-commands.ts'
import {
  colour565,
  colours,
  layoutFor,
  type Model,
  sizes,
} from '../../../src/panels/displays/nextion/layout.ts'
import { faceSpots } from '../../../src/panels/displays/nextion/page.ts'
import { faceColours } from '../../../src/panels/faces.ts'
import { carriedOut, drawn } from './raster.ts'

t.test('the faces are those of the one drawing, at every size', async (t) => {
  for (const side of [91, 130, 194]) {
    for (const face of faces) {
      const wanted = drawn(face, side)
      const box = { x: 0, y: 0, width: side, height: side }
      const pixels = carriedOut(drawFace(face, 'ready', box), side, side)
      const body = colour565(faceColours[face].lit)
      const ink = colour565(colours.ground)
      let wrong = 0
      for (let i = 0; i < pixels.length; i++) {
        const is = pixels[i] === body ? 1 : pixels[i] === ink ? 2 : 0
        if (is !== wanted[i]) wrong++
      }
      const percent = (100 * wrong) / pixels.length
      t.ok(percent < 3, `${face} at ${side}: ${percent.toFixed(2)} % of the pixels are another`)
    }
  }
})

t.test('they lie within their own areas, and are told apart by shape', async (t) => {
  for (const model of Object.keys(sizes) as Model[]) {
    const { width, height, boxes } = layoutFor(model)
    for (const face of faces) {
      const box = boxes.faces[faceSpots[face]]!
      const pixels = carriedOut(drawFace(face, 'ready', box), width, height)
      const outside = pixels.reduce((sum, colour, i) => {
        const [x, y] = [i % width, Math.floor(i / width)]
        const within = x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height
        return sum + (colour !== 0 && !within ? 1 : 0)
      }, 0)
      t.equal(outside, 0, `${face} on ${model}`)
    }
  }
})

t.test('the finger is answered by light', async (t) => {
  const box = { x: 0, y: 0, width: 100, height: 100 }
  const colour = (light: 'ready' | 'pressed' | 'resting' | 'off') =>
    carriedOut(drawFace('neutral', light, box), 100, 100)[20 * 100 + 50]
  t.equal(colour('ready'), colour565('#ffd84d'))
  t.equal(colour('pressed'), 0xffff)
  t.equal(new Set(['ready', 'pressed', 'resting', 'off'].map((light) => colour(light as 'ready'))).size, 4)
  const bytes = faces
    .flatMap((face) => drawFace(face, 'ready', box))
    .reduce((sum, { length }) => sum + length + 3, 0)
  t.ok(bytes < 4000, `all three: ${bytes} bytes, ${Math.round(bytes / 11.52)} ms at 115200 baud`)
})
