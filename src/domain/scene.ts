import { steeringKeys } from './steering.ts'
import type { Survey, SurveyTexts } from './survey.ts'
import type { MonoMs } from './time.ts'
import type { Visit, VisitRules } from './visit.ts'
import { type Face, faces, type Key, type Language, reasonKeys } from './words.ts'

/**
 * What a citizen sees, as a pure function of the visit. Every driver of lights and displays shows this,
 * each as well as it can.
 */
export interface Scene {
  at: SceneAt
  language: Language
  lights: Lights
  screen: Screen
  /** Somebody wants to see which terminal this is: it makes itself noticed, and works on. */
  identify?: true
  /** What stands there is for a technician, in English, and may be long. */
  notice?: true
}

/** Something to be read by whoever looks after the terminal. */
export interface Notice {
  title: string
  hint: string
}

/** What a citizen can tell apart; two keys held together are a press that waits. */
type SceneAt = Exclude<Visit['at'], 'held' | 'withdrawing'>

/**
 * How a face is lit: `ready` invites, `pressed` answers the finger, `resting` waits behind a question,
 * `thanks` is the same for each face so that nobody behind can read the vote from it, `off` takes none.
 */
export type Light = 'ready' | 'pressed' | 'resting' | 'thanks' | 'off'
export type Lights = Record<Face, Light>

/** A line to read beside the key that means it. */
export interface Choice {
  key: Key
  label: string
}

export interface Screen {
  title: string
  /** A second, smaller line. */
  hint?: string
  /** The faces while idle, the reasons while asking, else none. */
  choices: Choice[]
  skip?: Choice
  /**
   * Where no key lies beside each choice: the place of the one that would be taken now among the choices
   * and skip behind them, and the keys that move on, back, and take it.
   */
  steering?: { chosen: number; back: Key; choose: Key; next: Key }
  /** What is left of the time, on the monotonic clock: of the question's, or until the gesture is complete. */
  countdown?: { until: MonoMs; totalMs: number }
  /** The languages on offer, when there is more than one. */
  languages: { language: Language; name: string }[]
}

export function scene(visit: Visit, survey: Survey, rules: Pick<VisitRules, 'askMs' | 'languages'>): Scene {
  const texts = survey.texts[visit.language]
  const languages = rules.languages.map((language) => ({ language, name: survey.texts[language].name }))
  return {
    at: placeOf(visit),
    language: visit.language,
    lights: lights(visit),
    screen: {
      ...words(visit, survey, texts, rules.askMs),
      languages: languages.length > 1 ? languages : [],
    },
  }
}

/** The same, with a notice in place of what a citizen reads. The faces stay as they are lit, and can be pressed. */
export function withNotice(scene: Scene, { title, hint }: Notice): Scene {
  const screen = { title, hint, choices: [], languages: [] }
  return { ...scene, language: 'en', screen, notice: true }
}

function placeOf(visit: Visit): SceneAt {
  if (visit.at !== 'held' && visit.at !== 'withdrawing') return visit.at
  if (visit.draft) return 'recording'
  return visit.service === 'closed' ? 'closed' : 'fault'
}

function lights(visit: Visit): Lights {
  switch (visit.at) {
    case 'held':
      if (visit.phase === 'long') return all('resting')
      return visit.draft ? { ...all('resting'), [visit.draft.face]: 'pressed' } : all('off')
    case 'withdrawing':
      return all('resting')
    case 'idle':
      return all('ready')
    case 'recording':
      // An answered vote's face stays dark: by now only the reason is in hand.
      return visit.draft.answer ? all('resting') : { ...all('resting'), [visit.draft.face]: 'pressed' }
    case 'asking':
      return all('resting')
    case 'thanking':
      return all('thanks')
    case 'closed':
    case 'fault':
      return all('off')
  }
}

function words(visit: Visit, survey: Survey, texts: SurveyTexts, askMs: number): Omit<Screen, 'languages'> {
  switch (visit.at) {
    case 'held':
      return visit.phase === 'brief' ? briefly(visit, survey, texts) : held(texts, visit)
    case 'withdrawing':
      return { title: texts.held, choices: [] }
    case 'idle':
      return { title: texts.question, choices: faceChoices(survey, texts) }
    case 'recording':
      return visit.draft.answer
        ? { title: texts.why, choices: [] }
        : { title: texts.question, choices: faceChoices(survey, texts) }
    case 'asking':
      return {
        title: texts.why,
        choices: survey.reasons.map((reason, i) => ({ key: reasonKeys[i]!, label: texts.reasons[reason] })),
        skip: { key: 'skip', label: texts.skip },
        countdown: { until: visit.until, totalMs: askMs },
        ...(visit.chosen !== undefined && { steering: { chosen: visit.chosen, ...steeringKeys } }),
      }
    case 'thanking':
      return { title: texts.thanks, hint: texts.recorded, choices: [] }
    case 'closed':
      return { title: texts.closed, hint: texts.closedHint, choices: [] }
    case 'fault':
      return visit.why === 'not-recorded'
        ? { title: texts.notRecorded, hint: texts.notRecordedHint, choices: [] }
        : { title: texts.outOfService, hint: texts.outOfServiceHint, choices: [] }
  }
}

/** As before both were held: most often a hand has fallen on two keys. */
function briefly({ draft, service }: Visit & { at: 'held' }, survey: Survey, texts: SurveyTexts) {
  if (draft) return { title: texts.question, choices: faceChoices(survey, texts) }
  return service === 'closed'
    ? { title: texts.closed, hint: texts.closedHint, choices: [] }
    : { title: texts.outOfService, hint: texts.outOfServiceHint, choices: [] }
}

function held(texts: SurveyTexts, { since, until }: Visit & { at: 'held' }): Omit<Screen, 'languages'> {
  return {
    title: texts.held,
    hint: texts.heldHint,
    choices: [],
    countdown: { until, totalMs: until - since },
  }
}

function faceChoices(survey: Survey, texts: SurveyTexts): Choice[] {
  return survey.faces.map((face) => ({ key: face, label: texts.faces[face] }))
}

function all(light: Light): Lights {
  return Object.fromEntries(faces.map((face) => [face, light])) as Lights
}
