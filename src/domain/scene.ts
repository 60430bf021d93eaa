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
  at: Visit['at']
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
  /** What is left of the question's time, on the monotonic clock. */
  countdown?: { until: MonoMs; totalMs: number }
  /** The languages on offer, when there is more than one. */
  languages: { language: Language; name: string }[]
}

export function scene(visit: Visit, survey: Survey, rules: Pick<VisitRules, 'askMs' | 'languages'>): Scene {
  const texts = survey.texts[visit.language]
  const languages = rules.languages.map((language) => ({ language, name: survey.texts[language].name }))
  return {
    at: visit.at,
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

function lights(visit: Visit): Lights {
  switch (visit.at) {
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

function faceChoices(survey: Survey, texts: SurveyTexts): Choice[] {
  return survey.faces.map((face) => ({ key: face, label: texts.faces[face] }))
}

function all(light: Light): Lights {
  return Object.fromEntries(faces.map((face) => [face, light])) as Lights
}
