import type { Light, Scene } from '../../../domain/scene.ts'
import type { MonoMs } from '../../../domain/time.ts'
import { type Face, faces, type Key, type Language, reasonKeys } from '../../../domain/words.ts'
import { broken, secondsLeft, turnOf } from '../screen.ts'
import { variantsOf } from '../short-labels.ts'
import type { PageName } from './page.ts'

/** What the display shows, in its own terms; how large the letters are is for the display's size to say. */
export interface NextionPicture {
  page: PageName
  /** By the component's name; one that is not named is empty. */
  texts: Readonly<Record<string, string>>
  /** What may stand for a text where it would be in tiny letters. */
  shorter: Readonly<Record<string, string>>
  faces: Readonly<Partial<Record<Face, Light>>>
  /** What is left of the time, in percent. */
  timePercent?: number
  /** What a finger can mean now. */
  keys: readonly Key[]
  /** The light behind the display, in percent. */
  dimPercent: number
}

/** How many letters of a notice stand there at a time. */
const noticeLetters = 120

/**
 * A pure function of scene and time.
 * @param since when its words began to stand there
 */
export function nextionPicture(scene: Scene, now: MonoMs, since: MonoMs = now): NextionPicture {
  const picture = fullPicture(scene, now)
  const { hint } = scene.screen
  if (scene.notice && hint) {
    const parts = broken(hint, noticeLetters)
    return { ...picture, texts: { ...picture.texts, hint: turnOf(parts, now - since) }, shorter: {} }
  }
  const shorter = Object.entries(picture.texts).flatMap(([name, text]) => {
    const short = variantsOf(text, scene.language)[1]
    return short === undefined ? [] : [[name, short]]
  })
  return { ...picture, shorter: Object.fromEntries(shorter) }
}

type FullPicture = Omit<NextionPicture, 'shorter'>

function fullPicture(scene: Scene, now: MonoMs): FullPicture {
  const { screen } = scene
  const language = languageLabel(scene)
  const common = {
    texts: { ...(language && { language }) },
    keys: language ? (['language'] as const) : [],
    faces: {},
    dimPercent: scene.identify && Math.floor(now / 1000) % 2 === 1 ? 25 : 100,
  }
  if (scene.at === 'asking') return asking(scene, now, common)
  const labels = new Map(screen.choices.map(({ key, label }) => [key, label]))
  if (labels.size > 0) {
    const shown = faces.filter((face) => labels.has(face))
    const texts = Object.fromEntries(faces.map((face, i) => [`label${i + 1}`, labels.get(face) ?? '']))
    return {
      ...common,
      page: 'faces',
      texts: { ...common.texts, ...texts, title: screen.title },
      faces: Object.fromEntries(shown.map((face) => [face, scene.lights[face]])),
      keys: [...shown, ...common.keys],
    }
  }
  // The reason is being written down: for a moment there is nothing to read.
  if (scene.at === 'recording' && !screen.hint)
    return { ...common, page: 'message', texts: { title: '…' }, keys: [] }
  return {
    ...common,
    page: 'message',
    texts: { ...common.texts, title: titleOf(screen, now), hint: screen.hint ?? '' },
  }
}

function titleOf({ title, countdown }: Scene['screen'], now: MonoMs): string {
  return countdown ? `${title}: ${secondsLeft(countdown, now)}` : title
}

function asking(
  { screen }: Scene,
  now: MonoMs,
  common: Omit<FullPicture, 'page' | 'timePercent'>,
): FullPicture {
  const { choices, skip, countdown } = screen
  const offered = reasonKeys.filter((key) => choices.some((choice) => choice.key === key))
  const texts = Object.fromEntries(
    choices.map(({ key, label }) => [key.replace('-', ''), label] as [string, string]),
  )
  return {
    ...common,
    page: 'reasons',
    texts: { ...common.texts, ...texts, title: screen.title, ...(skip && { skip: skip.label }) },
    ...(countdown && { timePercent: percentLeft(countdown.until - now, countdown.totalMs) }),
    keys: [...offered, ...(skip ? (['skip'] as const) : []), ...common.keys],
  }
}

function percentLeft(leftMs: number, totalMs: number): number {
  return Math.max(0, Math.min(100, Math.ceil((leftMs / totalMs) * 100)))
}

/** What the key for the language leads to: the other one by its name, of several their signs in turn. */
function languageLabel({ language, screen }: Scene): string | undefined {
  const { languages } = screen
  if (languages.length < 2) return undefined
  const here = languages.findIndex((one) => one.language === language)
  const others = [...languages.slice(here + 1), ...languages.slice(0, Math.max(0, here))]
  const sign = (code: Language) => code.toUpperCase()
  return others.length === 1 ? others[0]!.name : others.map((one) => sign(one.language)).join(' ')
}
