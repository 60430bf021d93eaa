import type { Choice, Scene } from '../../domain/scene.ts'
import type { MonoMs } from '../../domain/time.ts'
import { reasonIndex } from '../../domain/words.ts'
import { linesOf } from './lines.ts'
import { variantsOf } from './short-labels.ts'

/**
 * What a small display shows of a scene at a moment, in words; a page at a time where it has no room for
 * all. Pure: each kind of display draws this as large as it can.
 */
export type Page = {
  /** Somebody looks for this terminal: it makes itself noticed. */
  noticed: boolean
} /** Each as it may be said, the longest first; `hints` may be none. */ & (
  | { is: 'message'; titles: string[]; hints: string[] }
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
/** How long a page of answers stands, where they need more than one: some time to find it, and some for each. */
const listMs = 1_000
const answerMs = 1_000
/** How long a page of a text stands, where it needs more than one. */
export const pageMs = 2_500

/** @param rowsPerPage how many answers the display has room for at a time */
export function pageOf(scene: Scene, now: MonoMs, rowsPerPage: number): Page {
  const { screen, identify } = scene
  const noticed = identify === true
  const { title, hint, countdown } = screen
  const titles = variantsOf(title, scene.language)
  const hints = hint === undefined ? [] : variantsOf(hint, scene.language)
  if (!countdown) return { noticed, is: 'message', titles, hints }
  if (scene.at !== 'asking') {
    const seconds = secondsLeft(countdown, now)
    return { noticed, is: 'message', titles: titles.map((one) => `${one}: ${seconds}`), hints }
  }
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
  if (since < questionMs) return { noticed, is: 'message', titles, hints: [] }
  return { noticed, is: 'list', rows: listed(rows, rowsPerPage, since - questionMs), left }
}

/** For people: never 0 before the end. */
export function secondsLeft({ until }: { until: MonoMs }, now: MonoMs): number {
  return Math.max(0, Math.ceil((until - now) / 1000))
}

/** Of answers that have no room together, those whose turn it is after so long. */
function listed(rows: readonly Row[], most: number, stoodMs: number): Row[] {
  // Four fill a display, and skip stands alone: as many as can be at a time, each as long as it takes to read.
  const pages = Array.from({ length: Math.ceil(rows.length / most) }, (_, n) =>
    rows.slice(n * most, (n + 1) * most),
  )
  const standMs = (page: readonly Row[]) => listMs + answerMs * page.length
  let left = stoodMs % pages.reduce((sum, page) => sum + standMs(page), 0)
  return pages.find((page) => {
    left -= standMs(page)
    return left < 0
  })!
}

/** The longest words that have room together; a hint is shortened before the title is. */
export function together<T>(
  titles: readonly string[],
  hints: readonly string[],
  fit: (title: string, hint: string | undefined) => T | undefined,
): T | undefined {
  for (const title of titles) {
    for (const hint of hints.length > 0 ? hints : [undefined]) {
      const fitted = fit(title, hint)
      if (fitted) return fitted
    }
  }
  return undefined
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

/** A text in as few lines of at most so many letters as can be; undefined where a word is longer. */
export function wrapped(text: string, most: number): string[] | undefined {
  // A no-break space holds its words together, and is no letter of its own size here.
  return linesOf(text.replace(/\u202f/g, '\u00a0').split(' '), most, (line) => line.length)
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
