import t from 'tap'
import { faces } from '../../../src/domain/words.ts'
import { rasteriseFace } from '../../../src/panels/face-raster.ts'
import { matrixPicture } from '../../../src/panels/lights/matrix.ts'
import { pathLines } from '../../../src/panels/path-lines.ts'

/** One letter for each pixel: dark, between, lit. */
function drawn(picture: Uint8Array, width: number): string[] {
  const letters = [...picture].map((share) => (share < 64 ? '.' : share < 192 ? '+' : '#'))
  return Array.from({ length: letters.length / width }, (_, row) =>
    letters.slice(row * width, (row + 1) * width).join(''),
  )
}

/** The three faces beside each other. */
function beside(width: number, height: number): string[] {
  const pictures = faces.map((face) => drawn(matrixPicture(face, width, height), width))
  return Array.from({ length: height }, (_, row) => pictures.map((lines) => lines[row]!).join('  '))
}

t.test('a small matrix shows eyes and mouth, and three different faces', async (t) => {
  t.same(beside(8, 8), [
    '........  ........  ........',
    '###..###  ........  ........',
    '#.#..#.#  .#+..+#.  .##..##.',
    '........  .#....#.  ##....##',
    '+######+  ........  ........',
    '########  ........  ...##...',
    '.######.  .######.  .##++##.',
    '..####..  ........  .#....#.',
  ])
  t.same(beside(10, 10), [
    '..........  ..........  ..........',
    '..........  ..........  ..##..##..',
    '.###..###.  .##....##.  +##....##+',
    '##.#..#.##  .##....##.  ##......##',
    '..........  ..........  ..........',
    '..........  ..........  ....++....',
    '.########.  ..........  ..######..',
    '.########.  .########.  .##....##.',
    '..######..  .########.  .#......#.',
    '...####...  ..........  ..........',
  ])
})

t.test('a larger one shows the whole face', async (t) => {
  t.same(beside(16, 16), [
    '....+######+....  ...##########...  ....########....',
    '...##+....+##...  .+##++++++++##+.  ...##++++++##...',
    '..##........##..  .#............#.  ..##........##..',
    '.##..........##.  ##............##  ..#..........#..',
    '+#............#+  #+............+#  .##..........##.',
    '#+..+#....#+..+#  #+............+#  +#....+..+....#+',
    '#..+###..###+..#  #+..##....##..+#  #+..+##..##+..+#',
    '#...+.+..+.+...#  #+...#....#...+#  #...#+....+#...#',
    '#..............#  #+............+#  #..............#',
    '#...########...#  #+............+#  #+.....++.....+#',
    '#+..########..+#  #+..+######+..+#  +#...######...#+',
    '+#...######...#+  #+...++++++...+#  .##.##....##.##.',
    '.##...####...##.  ##............##  ..#..........#..',
    '..##........##..  .#............#.  ..##........##..',
    '...##+....+##...  .+##++++++++##+.  ...##++++++##...',
    '....+######+....  ...##########...  ....########....',
  ])
})

t.test('faces keep their shape, in the middle of what is not square', async (t) => {
  for (const face of faces) {
    const square = drawn(matrixPicture(face, 8, 8), 8)
    t.same(
      drawn(matrixPicture(face, 12, 8), 12),
      square.map((row) => `..${row}..`),
    )
    t.same(drawn(matrixPicture(face, 8, 9), 8), [...square, '........'])
  }
})

t.test('at every size the faces differ, and are the same from left and right', async (t) => {
  for (let side = 5; side <= 32; side++) {
    const pictures = faces.map((face) => matrixPicture(face, side, side))
    t.equal(new Set(pictures.map(String)).size, 3, `${side} pixels`)
    for (const picture of pictures)
      for (const row of drawn(picture, side)) t.equal(row, [...row].reverse().join(''), `${side} pixels`)
  }
  t.ok(
    faces.every((face) => matrixPicture(face, 4, 4).every((share) => share === 255)),
    'too few pixels light as a whole',
  )
})

t.test('coverage is that of the drawing', async (t) => {
  const sum = (picture: Uint8Array) => picture.reduce((all, share) => all + share / 255, 0)
  const size = { width: 50, height: 50 }
  // The outline of the satisfied face is a circle with a radius of 46.
  t.ok(Math.abs(sum(rasteriseFace('satisfied', { ...size, parts: ['body'] })) * 4 - Math.PI * 46 ** 2) < 40)
  const line = sum(rasteriseFace('satisfied', { ...size, parts: ['outline'], lineWidth: 4 })) * 4
  t.ok(Math.abs(line - 2 * Math.PI * 46 * 4) < 40, 'the line lies on both sides of it')
  // The mouth of the neutral one is a line from 31 to 69, with round ends.
  const mouth = sum(rasteriseFace('neutral', { ...size, parts: ['mouth'] })) * 4
  t.ok(Math.abs(mouth - (38 * 7 + Math.PI * 3.5 ** 2)) < 15)
  t.equal(sum(rasteriseFace('neutral', { ...size, parts: [] })), 0)
  const wide = rasteriseFace('neutral', { width: 20, height: 10, parts: ['body'] })
  t.same(
    [...wide].filter((_, i) => i % 20 < 5 || i % 20 >= 15).filter((share) => share > 0),
    [],
    'centred',
  )
})

t.test('paths', async (t) => {
  t.same(pathLines('M1 2 3 4H5V6h-1v-1l1 1Z'), [
    [
      { x: 1, y: 2 },
      { x: 3, y: 4 },
      { x: 5, y: 4 },
      { x: 5, y: 6 },
      { x: 4, y: 6 },
      { x: 4, y: 5 },
      { x: 5, y: 6 },
      { x: 1, y: 2 },
    ],
  ])
  const [quarter] = pathLines('M10 0A10 10 0 0 1 0 10')
  for (const { x, y } of quarter!) t.ok(Math.abs(Math.hypot(x, y) - 10) < 1e-9)
  t.same(quarter!.at(-1), { x: 0, y: 10 })
  const [other] = pathLines('M10 0A10 10 0 1 0 0 10')
  t.ok(other!.every(({ x, y }) => Math.abs(Math.hypot(x, y) - 10) < 1e-9))
  t.ok(
    other!.some(({ x, y }) => x < -5 && y < -5),
    'the long way round',
  )
  const [curve] = pathLines('M0 0C0 10 10 10 10 0S20-10 20 0')
  t.ok(
    curve!.some(({ x, y }) => Math.abs(x - 5) < 0.5 && y > 7),
    'first above',
  )
  t.ok(
    curve!.some(({ x, y }) => Math.abs(x - 15) < 0.5 && y < -7),
    'and, mirrored, below',
  )
  t.equal(pathLines('M0 0L1 1M2 2l1 1').length, 2)
  t.throws(() => pathLines('M0 0T1 1'), /unknown command T/)
})
