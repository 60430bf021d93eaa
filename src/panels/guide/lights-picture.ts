import { type Face, faces } from '../../domain/words.ts'
import { faceColours, faceSvg } from '../faces.ts'
import { commonColour, type Glow, glowOf, type Mood } from '../lights/animation.ts'
import { fromLight } from '../lights/gamma.ts'
import { ink, quiet, rect, text } from '../wiring/ink.ts'
import { type GuideLanguage, guideWords } from './words.ts'

/** In the order in which a technician meets them. */
export const shownMoods = [
  'ready',
  'pressed',
  'resting',
  'steering',
  'thanks',
  'dark',
  'fault',
  'identify',
] as const satisfies readonly Mood[]

const [width, margin, rowHeight, head] = [1080, 32, 104, 84]
const panel = { width: 282, height: 88, face: 64, gap: 22 } as const
/** An unlit face behind dark plastic: its outline is still to be seen. */
const dark = '#22303d'
const ground = '#0b1826'

/** What each light means, as an SVG picture: the faces as the animation has them at one moment. */
export function lightsSvg(language: GuideLanguage): string {
  const { lightsTitle, lights } = guideWords[language]
  const height = head + shownMoods.length * rowHeight + margin
  const rows = shownMoods.flatMap((mood, i) => {
    const y = head + i * rowHeight
    const { name, looks, means } = lights[mood]
    const x = margin + panel.width + 28
    return [
      rect(margin, y, panel.width, panel.height, { radius: 12, fill: ground }),
      ...faces.map((face, place) => litFace(face, place, mood, y)),
      text([x, y + 26], name, { size: 20, bold: true }),
      text([x, y + 52], looks, { size: 16 }),
      text([x, y + 76], means, { size: 16, colour: quiet }),
    ]
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="'Titillium Web', 'Open Sans', 'DejaVu Sans', sans-serif" role="img" aria-labelledby="title">`,
    `<title id="title">${lightsTitle}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    text([margin, 50], lightsTitle, { size: 28, bold: true, colour: ink }),
    ...rows,
    '</svg>\n',
  ].join('\n')
}

function litFace(face: Face, place: number, mood: Mood, y: number): string {
  // One pressed face leaves the others low, as a visit does.
  const shown = mood === 'pressed' && place > 0 ? 'resting' : mood
  const x = margin + 23 + place * (panel.face + panel.gap)
  const top = y + (panel.height - panel.face) / 2
  const drawn = faceSvg(face, { colour: colourOf(face, glowOf(shown, face, 0, 0)), ink: ground })
  return `<g transform="translate(${x} ${top}) scale(${panel.face / 100})">${withoutFrame(drawn)}</g>`
}

/** The drawing alone: in a picture it has its place already. */
function withoutFrame(svg: string): string {
  return svg.replace(/^<svg[^>]*>/, '').replace(/<\/svg>$/, '')
}

/** How the plastic looks that is lit so. */
function colourOf(face: Face, { own, common }: Glow): string {
  const lit = own > 0 ? faceColours[face].lit : commonColour
  const level = fromLight(Math.max(own, common))
  const part = (at: number) => {
    const [from, to] = [dark, lit].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16))
    return Math.round(from! + (to! - from!) * level)
      .toString(16)
      .padStart(2, '0')
  }
  return `#${part(1)}${part(3)}${part(5)}`
}
