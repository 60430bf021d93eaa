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
/** How long a page stands, where there is more than one. */
export const pageMs = 3_000

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
  const page = Math.floor((since - questionMs) / pageMs) % pages
  return { noticed, is: 'list', rows: rows.slice(page * rowsPerPage, (page + 1) * rowsPerPage), left }
}

function rowOf({ key, label }: Choice, { language }: Scene): Row {
  const place = reasonIndex(key)
  return { mark: place < 0 ? '×' : String(place + 1), labels: variantsOf(label, language) }
}

/** Of what has no room together, the one whose turn it is. */
export function turnOf<T>(parts: readonly T[], now: MonoMs): T {
  return parts[Math.floor(now / pageMs) % parts.length]!
}

/** The longest that fits, or the shortest cut short, so that nothing is longer than there is room. */
export function fitting(labels: readonly string[], most: number): string {
  const whole = labels.find((label) => label.length <= most)
  if (whole !== undefined) return whole
  return `${labels.at(-1)!.slice(0, most - 1)}…`
}

/** A text in lines of at most so many letters, parted between words; undefined where a word is longer. */
export function wrapped(text: string, most: number): string[] | undefined {
  // A no-break space holds its words together, and is no letter of its own size here.
  const words = text.replace(/\u202f/g, '\u00a0').split(' ')
  if (words.some((word) => word.length > most)) return undefined
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
