import { type Lights, type Notice, type Scene, withNotice } from '../domain/scene.ts'
import { formatProblem, type Problem } from '../settings/index.ts'

/** How long a panel shows that settings were refused, unless somebody presses a key. */
export const noticeMs = 60_000

/** The first of several problems as a small display can show it, for a technician. */
export function noticeOf(problems: readonly Problem[]): Notice {
  const [first, ...more] = problems
  if (!first) return { title: 'The settings are wrong', hint: '' }
  const { file, line, key, found, allowed, hint } = first
  const place = `${file.replace(/^.*\//, '')}${line > 0 ? `, line ${line}` : ''}`
  const said = [
    `${key ? `${key}: ` : ''}found ${cut(found, 60)}.`,
    ...(allowed ? [`Allowed: ${cut(allowed, 70)}.`] : []),
    ...(hint === undefined ? [] : [hint]),
    ...(more.length > 0 ? [`And ${more.length} more.`] : []),
  ]
  return { title: place, hint: said.join(' ') }
}

/** One line for the health and the supervisor. */
export function refusedWords(problems: readonly Problem[]): string {
  const [first, ...more] = problems
  if (!first) return ''
  return `${formatProblem(first)}${more.length > 0 ? ` And ${more.length} more.` : ''}`
}

/** What a panel shows that cannot work at all yet. */
export function problemScene(problems: readonly Problem[]): Scene {
  return withNotice({ at: 'fault', language: 'en', lights: dark, screen: empty }, noticeOf(problems))
}

const dark: Lights = { satisfied: 'off', neutral: 'off', dissatisfied: 'off' }
const empty = { title: '', choices: [], languages: [] }

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`
}
