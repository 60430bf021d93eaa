import type { Edge } from '../domain/press-filter.ts'
import { type Light, type Lights, type Scene, scene } from '../domain/scene.ts'
import type { Survey } from '../domain/survey.ts'
import { firstVisit, type Visit, type VisitRules } from '../domain/visit.ts'
import { type Face, faces, type Key, type Language } from '../domain/words.ts'
import { type Clock, pause } from '../ports/clock.ts'
import type { Condition, Panel, Part } from '../ports/panel.ts'

/** Who stands before the panel, and sees what it does. */
export interface Examiner {
  /** What happens now, in one line. */
  say(line: string): void
  /** `unknown`: nobody is there to answer. */
  ask(question: string): Promise<Answer>
}

export type Answer = 'yes' | 'no' | 'unknown'

export interface PanelReport {
  parts: Record<'keys' | 'lights' | 'display', Condition>
  /** Of each face: whether it alone was lit. */
  lights: Partial<Record<Face, Answer>>
  keys: Partial<Record<Key, KeyFinding>>
  /** Of each screen: whether it could be read. */
  screens: Record<string, Answer>
  ok: boolean
}

export type KeyFinding =
  /** Edges until the contact was at rest, and the time from the first of them to the light, if it is known. */
  { pressed: true; edges: number; lightMs?: number } | { pressed: false; instead?: Key }

export interface PanelCheckOptions {
  panel: Panel
  survey: Survey
  rules: VisitRules
  clock: Clock
  examiner: Examiner
  signal: AbortSignal
  /** How long a part may take to be found. */
  partMs: number
  /** How long a key is waited for. */
  keyMs: number
  /** How long a light or a screen is shown where nobody answers. */
  showMs: number
}

/** How long after its press a key's contact is listened to. */
const restMs = 300

/** Lights each face, asks for each key, shows each screen, and says what came of it. */
export async function checkPanel(options: PanelCheckOptions): Promise<PanelReport> {
  const edges = new Edges(options.panel)
  const parts = await findParts(options)
  const lights = parts.lights.is === 'good' ? await tryLights(options) : {}
  const keys = parts.keys.is === 'good' ? await tryKeys(options, edges) : {}
  const shown = parts.display.is === 'good' ? await tryScreens(options) : {}
  show(options.panel, idle(options))
  const answers = [...Object.values(lights), ...Object.values(shown)]
  const ok =
    Object.values(parts).every(({ is }) => is !== 'broken') &&
    Object.values(keys).every(({ pressed }) => pressed) &&
    answers.every((answer) => answer !== 'no') &&
    !options.signal.aborted
  return { parts, lights, keys, screens: shown, ok }
}

async function findParts(options: PanelCheckOptions): Promise<PanelReport['parts']> {
  const { panel, examiner } = options
  // Lights and displays begin with the first thing that they are to show.
  show(panel, idle(options))
  const find = async (name: string, part: Part): Promise<Condition> => {
    const condition = await settled(part, options)
    examiner.say(`${name}: ${conditionWords(condition)}`)
    return condition
  }
  const keys = await find('keys', panel.keys)
  const lights = await find('lights', panel.lights)
  return { keys, lights, display: await find('display', panel.display) }
}

/** What a part says once it is found, or once it has had its time. */
export async function settled(
  part: Part,
  { clock, partMs, signal }: Pick<PanelCheckOptions, 'clock' | 'partMs' | 'signal'>,
): Promise<Condition> {
  if (part.condition().is !== 'broken') return part.condition()
  const found = new AbortController()
  using _ = part.onCondition(() => part.condition().is === 'good' && found.abort())
  await pause(clock, partMs, AbortSignal.any([found.signal, signal]))
  return part.condition()
}

function conditionWords(condition: Condition): string {
  switch (condition.is) {
    case 'good':
      return 'good'
    case 'none':
      return 'this panel has none'
    case 'broken':
      return `broken: ${condition.problem}`
  }
}

async function tryLights(options: PanelCheckOptions): Promise<PanelReport['lights']> {
  const { panel, examiner, signal } = options
  const answers: PanelReport['lights'] = {}
  for (const face of faces) {
    if (signal.aborted) break
    const lights: Lights = { ...all('off'), [face]: 'pressed' }
    show(panel, { ...idle(options), lights })
    answers[face] = await answer(options, `Is the face "${face}" lit, and no other?`)
  }
  examiner.say('all faces at their brightest')
  show(panel, { ...idle(options), lights: all('pressed') })
  await pause(options.clock, options.showMs, signal)
  return answers
}

async function tryKeys(options: PanelCheckOptions, edges: Edges): Promise<PanelReport['keys']> {
  const { panel, examiner, signal } = options
  const findings: PanelReport['keys'] = {}
  for (const key of panel.keys.keys) {
    if (signal.aborted) break
    show(panel, {
      ...idle(options),
      lights: all('off'),
      screen: { title: key, choices: [], languages: [] },
    })
    examiner.say(`press: ${key}`)
    findings[key] = await tryKey(key, options, edges)
    examiner.say(`  ${keyWords(findings[key])}`)
  }
  return findings
}

async function tryKey(key: Key, options: PanelCheckOptions, edges: Edges): Promise<KeyFinding> {
  const { panel, clock, keyMs, signal } = options
  const first = await edges.next(clock, keyMs, signal)
  if (!first) return { pressed: false }
  show(panel, {
    ...idle(options),
    lights: {
      ...all('off'),
      ...((faces as readonly Key[]).includes(first.key) && { [first.key]: 'pressed' }),
    },
  })
  await panel.lights.written?.()
  const lightMs = clock.now().mono - first.at
  const more = await edges.all(clock, restMs, signal)
  if (first.key !== key) return { pressed: false, instead: first.key }
  return { pressed: true, edges: 1 + more.length, ...(panel.lights.written && { lightMs }) }
}

export function keyWords(finding: KeyFinding): string {
  if (!finding.pressed)
    return finding.instead === undefined
      ? 'nothing came'
      : `${finding.instead} came instead: are two wires exchanged?`
  const { edges, lightMs } = finding
  const light = lightMs === undefined ? '' : `, its light after ${lightMs.toFixed(1)} ms`
  return `good: ${edges === 1 ? '1 edge' : `${edges} edges`}${light}`
}

async function tryScreens(options: PanelCheckOptions): Promise<PanelReport['screens']> {
  const { panel, survey, rules, signal } = options
  const answers: PanelReport['screens'] = {}
  for (const [name, visit] of screens(options)) {
    if (signal.aborted) break
    show(panel, scene(visit, survey, rules))
    answers[name] = await answer(options, `Can you read the whole screen "${name}"?`)
  }
  return answers
}

/** Each screen in the panel's own language, and the question with its reasons in each. */
export function screens({ rules, clock }: Pick<PanelCheckOptions, 'rules' | 'clock'>): [string, Visit][] {
  const first = firstVisit(rules)
  const until = clock.now().mono + rules.askMs
  const draft = {
    visit: 1,
    face: 'dissatisfied',
    pressedAt: clock.now().mono,
    lockedUntil: until,
    suppressed: 0,
    suppressedWritten: 0,
    kept: true,
  } as const
  const { language, service, visits } = first
  const standing = { language, service, visits }
  const asking = (language: Language): [string, Visit] => [
    `asking, ${language}`,
    { ...standing, language, at: 'asking', draft, limit: until, until, ...(rules.steered && { chosen: 0 }) },
  ]
  return [
    ['idle', first],
    ...rules.languages.map(asking),
    ['thanking', { ...standing, at: 'thanking', draft, until }],
    ['closed', { ...standing, at: 'closed' }],
    ['fault', { ...standing, at: 'fault', why: 'out-of-service' }],
  ]
}

/** Where nobody can answer it is shown for a while, and nothing is claimed. */
async function answer(options: PanelCheckOptions, question: string): Promise<Answer> {
  const { examiner, clock, showMs, signal } = options
  const given = await examiner.ask(question)
  if (given === 'unknown') await pause(clock, showMs, signal)
  return given
}

/** The scene of a panel at rest. */
export function idle({ survey, rules }: Pick<PanelCheckOptions, 'survey' | 'rules'>): Scene {
  return scene(firstVisit(rules), survey, rules)
}

export function show({ lights, display }: Pick<Panel, 'lights' | 'display'>, what: Scene): void {
  lights.show(what.lights, what)
  display.show(what)
}

export function all(light: Light): Lights {
  return Object.fromEntries(faces.map((face) => [face, light])) as Lights
}

/** What the keys tell, one after the other. */
class Edges {
  #told: Edge[] = []
  #heard = () => {}

  constructor({ keys }: Panel) {
    keys.listen((edge) => {
      this.#told.push(edge)
      this.#heard()
    })
  }

  /** The next press, if one comes in time. What came before is forgotten. */
  async next(clock: Clock, ms: number, signal: AbortSignal): Promise<Edge | undefined> {
    this.#told = []
    const heard = new AbortController()
    this.#heard = () => this.#told.some(({ edge }) => edge === 'down') && heard.abort()
    await pause(clock, ms, AbortSignal.any([heard.signal, signal]))
    const first = this.#told.findIndex(({ edge }) => edge === 'down')
    return first < 0 ? undefined : this.#told.splice(0, first + 1).at(-1)
  }

  /** All that comes until it has been quiet for so long, ten times that at the most. */
  async all(clock: Clock, ms: number, signal: AbortSignal): Promise<Edge[]> {
    for (let i = 0; i < 10; i++) {
      const before = this.#told.length
      await pause(clock, ms, signal)
      const rests = this.#told.at(-1)?.edge !== 'down'
      if (signal.aborted || (this.#told.length === before && rests)) break
    }
    return this.#told
  }
}
