import { faces } from '../../domain/words.ts'
import { faceDrawings, faceSvg } from '../faces.ts'
import { ink, quiet, r, rect, text } from '../wiring/ink.ts'
import { type GuideLanguage, guideWords } from './words.ts'

const [width, height, margin] = [1000, 392, 32]
const step = { width: 218, gap: 21, top: 84, height: 276 } as const
const line = `fill="none" stroke="${ink}" stroke-width="3" stroke-linejoin="round" stroke-linecap="round"`
const blue = '#0066cc'

/** The four steps from an empty card to a counter, as an SVG picture. */
export function stepsSvg(language: GuideLanguage): string {
  const { stepsTitle, steps } = guideWords[language]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="'Titillium Web', 'Open Sans', 'DejaVu Sans', sans-serif" role="img" aria-labelledby="title">`,
    `<title id="title">${stepsTitle}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    text([margin, 50], stepsTitle, { size: 28, bold: true }),
    ...steps.flatMap(({ title, lines }, i) => {
      const x = margin + i * (step.width + step.gap)
      const middle = x + step.width / 2
      return [
        rect(x, step.top, step.width, step.height, { radius: 12, fill: '#f5f8fb' }),
        `<g transform="translate(${r(middle)} ${step.top + 92})">${drawings[i]}</g>`,
        `<circle cx="${x + 24}" cy="${step.top + 24}" r="14" fill="${blue}"/>`,
        text([x + 24, step.top + 30], `${i + 1}`, {
          size: 17,
          bold: true,
          colour: '#ffffff',
          anchor: 'middle',
        }),
        text([middle, step.top + 180], title, { size: 20, bold: true, anchor: 'middle' }),
        ...lines.map((words, j) =>
          text([middle, step.top + 208 + j * 22], words, { size: 16, colour: quiet, anchor: 'middle' }),
        ),
      ]
    }),
    '</svg>\n',
  ].join('\n')
}

/** An SD card, its cut corner and its contacts; `y` is its upper edge. */
function card(x: number, y: number): string {
  const contacts = [0, 1, 2, 3].map((i) => `M${x + 12 + i * 9} ${y + 8}v12`).join('')
  return `<path d="M${x} ${y + 4}q0 -4 4 -4h34l14 14v50q0 4 -4 4h-44q-4 0 -4 -4z" ${line}/><path d="${contacts}" ${line}/>`
}

function face(place: number, x: number, y: number, side: number): string {
  const drawn = faceSvg(faces[place]!)
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>$/, '')
  return `<g transform="translate(${x} ${y}) scale(${side / 100})">${drawn}</g>`
}

const drawings: readonly string[] = [
  // An arrow goes into the card.
  `${card(-26, -14)}<path d="M0 -48v24m-9 -9l9 9l9 -9" ${line.replace(ink, blue)}/>`,
  // A page with lines goes onto the card.
  `${card(26, -34)}<path d="M-80 -34h34l12 12v56h-46z" ${line}/><path d="M-72 -8h26M-72 4h26M-72 16h16" ${line}/><path d="M-22 2h32m-9 -9l9 9l-9 9" ${line.replace(ink, blue)}/>`,
  // A terminal with its three faces and a plug.
  `<rect x="-84" y="-40" width="112" height="72" rx="8" ${line}/>${[0, 1, 2].map((i) => face(i, -74 + i * 32, -18, 28)).join('')}<path d="M28 -4h18v-12h24v24h-24v-12" ${line}/><path d="M70 -10h12M70 2h12" ${line.replace(ink, blue)}/>`,
  // A finger on the one face that is lit.
  `<path d="${faceDrawings.neutral.outline}" transform="translate(-86 -26) scale(.44)" ${line}/><path d="${faceDrawings.dissatisfied.outline}" transform="translate(42 -26) scale(.44)" ${line}/>${face(0, -28, -34, 56)}<path d="M14 62v-40q0 -7 7 -7t7 7v20l16 5q8 3 8 10v5" ${line.replace(ink, blue)}/>`,
]
