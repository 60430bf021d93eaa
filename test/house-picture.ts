import type { Room } from './floors.ts'

/** A press on its way, file by file: from the contact to the collector's database. */
export const way: readonly { file: string; what: string }[] = [
  { file: 'src/panels/keys/evdev.ts', what: 'an edge' },
  { file: 'src/terminal/kiosk.ts', what: 'asks, and does' },
  { file: 'src/domain/press-filter.ts', what: 'is it a press?' },
  { file: 'src/domain/visit.ts', what: 'what does it mean?' },
  { file: 'src/storage/appender.ts', what: 'on the disk: thanks' },
  { file: 'src/terminal/publisher.ts', what: 'the next unsent' },
  { file: 'src/contract/events.ts', what: 'as a CloudEvent' },
  { file: 'src/broker/mqtt-connection.ts', what: 'to the broker' },
  { file: 'src/subscriber/messages.ts', what: 'is it valid?' },
  { file: 'src/subscriber/collect/batches.ts', what: 'a batch' },
  { file: 'src/subscriber/database/store-batch.ts', what: 'once, for good' },
]

const ink = '#17324d'
const blue = '#0066cc'
const grey = '#5a6b7b'
const tints = ['#fff4d6', '#e6f3ea', '#e3effa', '#efe9f7', '#f3f5f7']

const width = 1240
const left = 60
const top = 96
const floorHeight = 168
const roomHeight = 116
const gap = 16

interface Box extends Room {
  x: number
  y: number
  width: number
}

/** The house from its front: a room stands above those that it may use, and a line leads to each that it uses. */
export function housePicture(rooms: readonly Room[]): string {
  const highest = Math.max(...rooms.map(({ floor }) => floor))
  const height = top + highest * floorHeight + roomHeight + 24
  const boxes = rooms.map((room) => boxOf(room, rooms, highest))
  const at = new Map(boxes.map((box) => [box.name, box]))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="'Titillium Web', 'Open Sans', 'DejaVu Sans', sans-serif" role="img" aria-labelledby="title">`,
    '<title id="title">The rooms of Faccina, floor by floor, what each uses, and the way of a press</title>',
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    text(left, 38, 'The house', { size: 24, weight: 600 }),
    text(
      left,
      64,
      'A room uses lower floors only; the thicker the line, the more. The numbers are the way of a press.',
      {
        fill: grey,
      },
    ),
    ...Array.from({ length: highest + 1 }, (_, floor) => floorLine(floor, highest)),
    ...boxes.flatMap((box) => linesFrom(box, at)),
    ...boxes.flatMap(drawn),
    '</svg>',
    '',
  ].join('\n')
}

/** So coarse that the picture stays as it is where a few lines come or go. */
function linesAbout({ lines }: Room): number {
  return Math.max(500, Math.round(lines / 500) * 500)
}

/** As wide as its lines of code are many, within reason. */
function boxOf(room: Room, rooms: readonly Room[], highest: number): Box {
  const floor = rooms.filter((other) => other.floor === room.floor)
  const weight = (one: Room) => Math.max(1, Math.min(1.6, linesAbout(one) / 4_000))
  const all = floor.reduce((sum, one) => sum + weight(one), 0)
  const full = width - left - 24 - gap * (floor.length - 1)
  // A floor of one room has no need of all its width.
  const unit = Math.min(full / all, 320)
  const before = floor.slice(0, floor.indexOf(room)).reduce((sum, one) => sum + weight(one) * unit + gap, 0)
  const used = all * unit + gap * (floor.length - 1)
  const x = left + (width - left - 24 - used) / 2 + before
  return { ...room, x, y: top + (highest - room.floor) * floorHeight, width: weight(room) * unit }
}

function floorLine(floor: number, highest: number): string {
  const y = top + (highest - floor) * floorHeight + roomHeight
  return [
    `<path d="M24 ${y + 0.5}H${width - 24}" stroke="#d5dde5"/>`,
    text(24, y - 8, String(floor), { size: 22, fill: grey, weight: 600 }),
  ].join('')
}

function linesFrom(box: Box, at: ReadonlyMap<string, Box>): string[] {
  const targets = [...box.uses].map(([name, count]) => ({ to: at.get(name)!, count }))
  const middle = ({ x, width }: Box) => x + width / 2
  targets.sort((a, b) => middle(a.to) - middle(b.to))
  return targets.map(({ to, count }, i) => {
    const x = box.x + ((i + 1) * box.width) / (targets.length + 1)
    const y = box.y + roomHeight
    // Whoever comes from the left arrives at the left.
    const share = 0.5 + 0.4 * Math.tanh((middle(box) - middle(to)) / 400)
    const end = to.x + share * to.width
    const bend = 24 + (box.floor - to.floor) * 12
    const thick = count < 5 ? 1 : count < 20 ? 2 : 4
    return `<path d="M${n(x)} ${y}C${n(x)} ${y + bend} ${n(end)} ${to.y - bend} ${n(end)} ${to.y}" fill="none" stroke="#8aa0b5" stroke-opacity="0.55" stroke-width="${thick}"/>`
  })
}

function drawn(box: Box): string[] {
  const steps = way.map((step, i) => ({ ...step, number: i + 1 }))
  const own = steps.filter(({ file }) => file.startsWith(`src/${box.name}/`))
  const size = box.width < 150 ? 12 : 13
  return [
    `<rect x="${n(box.x)}" y="${box.y}" width="${n(box.width)}" height="${roomHeight}" rx="8" fill="${tints[box.floor]}" stroke="${ink}"/>`,
    text(box.x + 12, box.y + 24, box.name, { size: 17, weight: 600 }),
    text(box.x + 12, box.y + 42, `${box.files} files, about ${linesAbout(box).toLocaleString('en')} lines`, {
      size,
      fill: grey,
    }),
    ...own.flatMap(({ number, file, what }, i) => {
      const y = box.y + 62 + i * 20
      const name = file.replace(/^.*\//, '').replace(/\.ts$/, '')
      const words = box.width < 190 ? name : `${name}: ${what}`
      return [
        `<circle cx="${n(box.x + 21)}" cy="${y - 4}" r="9" fill="${blue}"/>`,
        text(box.x + 21, y, String(number), { size: 11, fill: '#ffffff', weight: 600, anchor: 'middle' }),
        text(box.x + 36, y, words, { size }),
      ]
    }),
  ]
}

interface Style {
  size?: number
  fill?: string
  weight?: number
  anchor?: 'start' | 'middle'
}

function text(
  x: number,
  y: number,
  words: string,
  { size = 14, fill = ink, weight = 400, anchor = 'start' }: Style,
) {
  return `<text x="${n(x)}" y="${y}" font-size="${size}" fill="${fill}" font-weight="${weight}" text-anchor="${anchor}">${words}</text>`
}

const n = (value: number) => Number(value.toFixed(1))
