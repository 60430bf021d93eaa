import type { CommissioningEvent } from '../contract/schemas.ts'
import { type Scene, type Screen, scene } from '../domain/scene.ts'
import type { Survey } from '../domain/survey.ts'
import type { VisitRules } from '../domain/visit.ts'
import { faces, isFace, type Key } from '../domain/words.ts'
import { type Clock, pause } from '../ports/clock.ts'
import { adviceIn, type Finding, failed, good, skipped, type Told, warning } from '../ports/examiner.ts'
import type { Condition, Panel } from '../ports/panel.ts'
import { all, idle, screens, settled, show } from './panel-check.ts'
import type { Presses } from './presses.ts'

export interface PanelTrialOptions {
  panel: Panel
  survey: Survey
  rules: VisitRules
  clock: Clock
  presses: Presses
  /** Ends it early: the panel is wanted back. */
  signal: AbortSignal
}

/** What keys, lights and display did, while somebody was asked to press each key. */
export interface PanelTrial extends Pick<CommissioningEvent['data'], 'keys' | 'lights' | 'display'> {
  findings: Finding[]
  /** Whether anybody pressed one of the faces. */
  answered: boolean
}

/** How long a part may take to be found; a terminal that runs has found it long ago. */
const partMs = 3_000
/** How long each key is waited for. */
const keyMs = 15_000
/** How long each picture stands. */
const pictureMs = 2_000

/**
 * Each face lights alone until its key is pressed, so that one press proves both; then each further key is
 * asked for, and pictures are shown. Where nobody presses any of the faces, nobody is there to be asked more.
 */
export async function tryPanel(options: PanelTrialOptions): Promise<PanelTrial> {
  const { panel, clock, signal } = options
  const find = (part: 'keys' | 'lights' | 'display') => settled(panel[part], { clock, partMs, signal })
  const keys = await find('keys')
  const lights = await find('lights')
  const display = await find('display')
  const trial: PanelTrial = {
    keys: {},
    lights: {},
    display: display.is === 'good' ? 'unknown' : display.is,
    findings: [partFinding('keys', keys), partFinding('lights', lights), partFinding('display', display)],
    answered: false,
  }
  if (keys.is === 'good') {
    for (const key of panel.keys.keys.filter(isFace)) await tryKey(key, trial, options, lights)
    for (const key of panel.keys.keys.filter((key) => !isFace(key))) await tryKey(key, trial, options, lights)
  }
  if (display.is === 'good') await tryDisplay(trial, options, keys)
  return trial
}

function partFinding(name: string, condition: Condition): Finding {
  if (condition.is === 'good') return { name, ...good('answers') }
  if (condition.is === 'none') return { name, ...skipped('this panel has none') }
  const { problem } = condition
  return { name, ...failed(problem, adviceIn(problem) ?? `Look at the wires of the ${name}.`) }
}

async function tryKey(
  key: Key,
  trial: PanelTrial,
  options: PanelTrialOptions,
  lights: Condition,
): Promise<void> {
  const { panel, rules, clock, presses, signal } = options
  const name = `key ${key}`
  const asked = !signal.aborted && (isFace(key) || (trial.answered && trial.display === 'unknown'))
  trial.keys[key] = 'not-asked'
  if (isFace(key)) trial.lights[key] = 'unknown'
  if (!asked) return void trial.findings.push({ name, ...notAsked(trial, signal) })
  if (key === 'language' && rules.languages.length === 1)
    return void trial.findings.push({ name, ...skipped('there is one language only') })
  show(panel, sceneFor(key, options))
  const pressed = await presses.next(clock, keyMs, signal)
  if (pressed !== undefined) trial.answered = true
  trial.keys[key] = pressed === key ? 'pressed' : pressed === undefined ? 'silent' : 'another'
  if (isFace(key) && pressed === key && lights.is === 'good') trial.lights[key] = 'seen'
  trial.findings.push({ name, ...keyTold(key, pressed, lights) })
}

/**
 * As citizens see it when that key means something, so that a display that is touched has it too: a face among
 * the faces, a reason among the reasons.
 */
function sceneFor(key: Key, options: PanelTrialOptions): Scene {
  const { survey, rules, clock } = options
  const asked = {
    title: `Press: ${key}`,
    countdown: { until: clock.now().mono + keyMs, totalMs: keyMs },
  }
  if (isFace(key) || key === 'language') {
    const rest = idle(options)
    const lights = { ...all('off'), ...(isFace(key) && { [key]: 'pressed' }) }
    return { ...rest, lights, screen: { ...rest.screen, ...asked } }
  }
  const asking = screens(options).find(([, { at }]) => at === 'asking')![1]
  const { screen, ...rest } = scene(asking, survey, rules)
  const { choices, skip, languages } = screen
  return {
    ...rest,
    lights: all('off'),
    screen: {
      ...asked,
      choices: key === 'skip' ? [] : [choices.find((choice) => choice.key === key) ?? { key, label: key }],
      ...(key === 'skip' && skip && { skip }),
      languages,
    },
  }
}

function notAsked({ answered, display }: PanelTrial, signal: AbortSignal): Told {
  if (signal.aborted) return failed('there was no time left for it', again)
  if (answered && display !== 'unknown')
    return skipped('nothing here can ask for it', 'Try it from the console: faccina panel')
  return failed('not asked for: nobody pressed a face', again)
}

const again = 'Hold the two outer faces for 10 s, and press each key as it is asked for.'

function keyTold(key: Key, pressed: Key | undefined, lights: Condition): Told {
  if (pressed === key) return good(isFace(key) && lights.is === 'good' ? 'lit, and pressed' : 'pressed')
  if (pressed !== undefined)
    return failed(
      `${pressed} came instead`,
      'Look whether the wires of these two keys or lights are exchanged.',
    )
  const what = isFace(key) ? 'light and key' : 'key'
  return failed('nothing came', `Look at the wires of ${what} "${key}", then press it as it is asked for.`)
}

/** The question with its reasons in each language; then whoever is there says whether it could be read. */
async function tryDisplay(trial: PanelTrial, options: PanelTrialOptions, keys: Condition): Promise<void> {
  const { panel, survey, rules, clock, presses, signal } = options
  for (const [, visit] of screens(options).filter(([, { at }]) => at === 'asking')) {
    if (signal.aborted) break
    show(panel, scene(visit, survey, rules))
    await pause(clock, pictureMs, signal)
  }
  if (!trial.answered || keys.is !== 'good') return
  const rest = idle(options)
  show(panel, {
    ...rest,
    lights: { ...all('off'), satisfied: 'ready', dissatisfied: 'ready' },
    screen: { ...rest.screen, title: 'All readable? Green: yes, red: no' },
  })
  const said = await presses.next(clock, keyMs, signal)
  const display = trial.findings.findIndex(({ name }) => name === 'display')
  if (said === 'satisfied') {
    trial.display = 'readable'
    trial.findings[display] = { name: 'display', ...good('readable in each language') }
  } else if (said === 'dissatisfied') {
    trial.display = 'unreadable'
    const next = 'Look at size and chip of the display in the profile of the panel.'
    trial.findings[display] = { name: 'display', ...failed('not readable', next) }
  } else {
    const next = 'Look at it: faccina panel'
    trial.findings[display] = { name: 'display', ...warning('nobody said whether it can be read', next) }
  }
}

/** A screen of the technician’s. */
export function screenOf(title: string, hint: string): Screen {
  return { title, hint, choices: [], languages: [] }
}

/** All three faces calm: it passed; only the red one: it did not. */
export function lightsOf(passed: boolean): Scene['lights'] {
  return passed ? all('ready') : { ...all('off'), [faces[2]]: 'ready' }
}
