import { type Face, faces } from '../../../domain/words.ts'
import { drawFace } from './face-commands.ts'
import { colour565, colours, type Layout, type Size } from './layout.ts'
import { type Component, faceSpots, type PageName, pages } from './page.ts'
import type { NextionPicture } from './picture.ts'
import { type Fitted, fit, quoted } from './text.ts'

/** What the display shows, as the instructions that it was told: one for each thing that can be set. */
export interface Told {
  page: PageName
  /** By what is set: `title.txt`, `tsw skip`, `face satisfied`. */
  set: ReadonlyMap<string, readonly string[]>
}

/**
 * The instructions that turn what is shown into a picture: only what is another than before.
 * @param shown undefined where nobody knows
 */
export function instructionsFor(
  picture: NextionPicture,
  layout: Layout,
  shown: Told | undefined,
): { told: Told; instructions: string[] } {
  const set = settings(picture, layout)
  const same = shown?.page === picture.page ? shown.set : undefined
  const changed = [...set].filter(([what, how]) => same?.get(what)?.join() !== how.join())
  const instructions = changed.flatMap(([, how]) => how)
  // A page that is loaded anew has forgotten all, and covers what was drawn.
  const page = same ? [] : [`page ${picture.page}`]
  return { told: { page: picture.page, set }, instructions: [...page, ...instructions] }
}

function settings(picture: NextionPicture, layout: Layout): Map<string, readonly string[]> {
  const set = new Map<string, readonly string[]>()
  set.set('dim', [`dim=${picture.dimPercent}`])
  // The finger is answered before the words are.
  for (const face of faces) {
    const light = picture.faces[face]
    const box = layout.boxes[picture.page][faceSpots[face]]
    if (light && box) set.set(`face ${face}`, drawFace(face, light, box))
  }
  const fitted = fitTexts(picture, layout)
  for (const component of pages[picture.page]) {
    const { name, type } = component
    if (component.key) set.set(`tsw ${name}`, [`tsw ${name},${picture.keys.includes(component.key) ? 1 : 0}`])
    if (type === 'Progress bar') set.set(`${name}.val`, [`${name}.val=${picture.timePercent ?? 0}`])
    if (type !== 'Text') continue
    if (isButton(component)) set.set(`${name}.bco`, [`${name}.bco=${ground(component, picture)}`])
    const { font, lines } = fitted.get(name)!
    set.set(`${name}.font`, [`${name}.font=${font}`])
    set.set(`${name}.txt`, [`${name}.txt=${quoted(lines)}`])
  }
  return set
}

/** A text with a ground of its own, so that it looks like something to press. */
export function isButton({ type, key }: Component): boolean {
  return type === 'Text' && key !== undefined && !isFaceKey(key)
}

function isFaceKey(key: string): key is Face {
  return (faces as readonly string[]).includes(key)
}

/** What cannot be pressed now does not look like it. */
function ground({ key }: Component, { keys }: NextionPicture): number {
  return colour565(key && keys.includes(key) ? colours.button : colours.ground)
}

/** Letters that are lower are hard to read at arm's length, on the displays of three inches that have them. */
const readablePixels = 24

/** Each text as large as it gets; those that stand side by side are equally large. */
function fitTexts({ page, texts, shorter }: NextionPicture, { boxes, fonts }: Layout): Map<string, Fitted> {
  const all = pages[page].filter(({ type }) => type === 'Text')
  const fitOne = (component: Component, text: string, heights: readonly number[]) =>
    fit(text, roomIn(component, boxes[page][component.name]!), heights)
  const fitGroup = (group: readonly Component[]): [string, Fitted][] => {
    const font = (component: Component, text: string) =>
      text === '' ? fonts.length - 1 : fitOne(component, text, fontsFor(component, fonts)).font
    const set = (short: boolean) => {
      const words = group.map((component) => {
        const long = texts[component.name] ?? ''
        const tiny = fonts[font(component, long)]! < readablePixels
        const instead = short && tiny ? shorter[component.name] : undefined
        return { component, text: instead ?? long }
      })
      return { words, largest: Math.min(...words.map(({ component, text }) => font(component, text))) }
    }
    const [long, short] = [set(false), set(true)]
    const { words, largest } = short.largest > long.largest ? short : long
    return words.map(({ component, text }) => [
      component.name,
      fitOne(component, text, fonts.slice(0, largest + 1)),
    ])
  }
  const groups = new Map(
    all.map((one) => [groupOf(one), all.filter((other) => groupOf(other) === groupOf(one))]),
  )
  return new Map([...groups.values()].flatMap(fitGroup))
}

/** A text on a button keeps off its edges. */
function roomIn(component: Component, { width, height }: Size): Size {
  return isButton(component)
    ? { width: width - Math.round(height * edgeShare) * 2, height }
    : { width, height }
}

const edgeShare = 0.06

/** A hint is smaller than what it explains, and what stands at the foot is not what it is all about. */
function fontsFor({ name }: Component, fonts: Layout['fonts']): readonly number[] {
  return ['hint', 'skip', 'language'].includes(name) ? fonts.slice(0, -1) : fonts
}

function groupOf({ name }: Component): string {
  return name === 'language' ? 'skip' : name.replace(/\d$/, '')
}
