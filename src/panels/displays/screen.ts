import type { Choice, Scene } from '../../domain/scene.ts'
import type { MonoMs } from '../../domain/time.ts'
import { reasonIndex } from '../../domain/words.ts'
import { variantsOf } from './short-labels.ts'

/**
 * What a small display shows of a scene at a moment, in words; a page at a time where it has no room for
 * all. Pure: each kind of display draws this as large as it can.
 */
export type Page = {
  /** Somebody looks for this terminal: it makes itself noticed. */
  noticed: boolean
} & (
  | { is: 'message'; title: string; hint?: string }
  /** Reasons beside their keys. `left`: of the time, 1 to 0. */
  | { is: 'list'; rows: Row[]; left: number }
  /** Where the faces move through the reasons: the one that would be taken now. */
  | { is: 'chosen'; row: Row; place: number; of: number; left: number }
)

export interface Row {
  /** What is printed on the key: 1 to 4, × to skip. */
  mark: string
  /** What may stand there, the longest first. */
  labels: string[]
}

/** How long the question stands before its answers. */
const questionMs = 2_500
/** How long a page of answers stands, where they need more than one. */
const listMs = 3_000
/** How long a page of a text stands, where it needs more than one. */
export const pageMs = 2_500

/** @param rowsPerPage how many answers the display has room for at a time */
export function pageOf(scene: Scene, now: MonoMs, rowsPerPage: number): Page {
  const { screen, identify } = scene
  const noticed = identify === true
  const { title, hint, countdown } = screen
  if (scene.at !== 'asking' || !countdown)
    return { noticed, is: 'message', title, ...(hint !== undefined && { hint }) }
  const left = Math.min(1, Math.max(0, (countdown.until - now) / countdown.totalMs))
  /** Since the question was asked, or somebody touched a key. */
  const since = countdown.totalMs * (1 - left)
  const rows = [...screen.choices, ...(screen.skip ? [screen.skip] : [])].map((choice) =>
    rowOf(choice, scene),
  )
  const { steering } = screen
  if (steering && (steering.chosen > 0 || since >= questionMs)) {
    const { chosen } = steering
    return { noticed, is: 'chosen', row: rows[chosen]!, place: chosen + 1, of: rows.length, left }
  }
  if (since < questionMs) return { noticed, is: 'message', title }
  const pages = Math.ceil(rows.length / rowsPerPage)
  const page = Math.floor((since - questionMs) / listMs) % pages
  return { noticed, is: 'list', rows: rows.slice(page * rowsPerPage, (page + 1) * rowsPerPage), left }
}

function rowOf({ key, label }: Choice, { language }: Scene): Row {
  const place = reasonIndex(key)
  return { mark: place < 0 ? '×' : String(place + 1), labels: variantsOf(label, language) }
}

/** Of what has no room together, the one whose turn it is after so long. */
export function turnOf<T>(parts: readonly T[], stoodMs: number): T {
  return parts[Math.floor(stoodMs / pageMs) % parts.length]!
}

/** In pages of at most so many. */
export function paged<T>(lines: readonly T[], most: number): T[][] {
  const count = Math.ceil(lines.length / most)
  return Array.from({ length: count }, (_, n) => lines.slice(n * most, (n + 1) * most))
}

/** The longest that fits, or the shortest cut short, so that nothing is longer than there is room. */
export function fitting(labels: readonly string[], most: number): string {
  const whole = labels.find((label) => label.length <= most)
  if (whole !== undefined) return whole
  return `${labels.at(-1)!.slice(0, most - 1)}…`
}

/**
 * A text in as few lines of at most so many letters as can be, about equally long and parted between words;
 * undefined where a word is longer.
 */
export function wrapped(text: string, most: number): string[] | undefined {
  // A no-break space holds its words together, and is no letter of its own size here.
  const words = text.replace(/\u202f/g, '\u00a0').split(' ')
  const longest = Math.max(...words.map((word) => word.length))
  if (longest > most) return undefined
  let lines = filled(words, most)
  for (let less = most - 1; less >= longest; less--) {
    const narrower = filled(words, less)
    if (narrower.length > lines.length) break
    lines = narrower
  }
  return lines
}

/** The same, where a word that is longer than a line is parted as well. */
export function broken(text: string, most: number): string[] {
  const parts = text.split(' ').flatMap((word) => partsOf(word, most))
  return wrapped(parts.join(' '), most) ?? []
}

/** A word in lines that end in a hyphen, so that nobody takes it for two. */
function partsOf(word: string, most: number): string[] {
  if (word.length <= most) return [word]
  return [`${word.slice(0, most - 1)}-`, ...partsOf(word.slice(most - 1), most)]
}

function filled(words: readonly string[], most: number): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
