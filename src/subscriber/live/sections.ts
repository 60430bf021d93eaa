import type { HealthMessage } from '../../contract/schemas.ts'
import type { WallMs } from '../../domain/time.ts'
import type { AlertRules, Raised } from '../alerts/alerts.ts'
import { alertText, type ManagersLanguage } from '../alerts/words.ts'
import type { Progress, TerminalRecord } from '../database/database.ts'
import { escapeHtml } from '../report/html/svg.ts'
import { liveTexts } from './texts.ts'

/** More rows than this nobody reads; those with a problem come first. */
const mostRows = 200

/** What must be looked at, as HTML. */
export function alertsHtml(
  raised: readonly Raised[],
  quarantined: number,
  { rules, language, now }: { rules: AlertRules; language: ManagersLanguage; now: WallMs },
): string {
  const texts = liveTexts[language]
  const rows = raised.slice(0, mostRows).map((one) => {
    const says = escapeHtml(alertText(one, rules, language))
    return `<tr><th scope="row">${escapeHtml(nameOf(one.source))}</th><td>${says}</td><td>${ago(one.since, now, language)}</td></tr>`
  })
  const table = `<div class="scroll" role="region" tabindex="0" aria-label="${texts.says}"><table><thead><tr>${[texts.columns.terminal, texts.says, texts.since].map((title) => `<th scope="col">${title}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
  const quarantine = quarantined > 0 ? `<p>${escapeHtml(texts.quarantine(quarantined))}</p>` : ''
  return `<div role="status">${rows.length > 0 ? table : `<p>${texts.none}</p>`}${quarantine}</div>`
}

/** The terminals, as HTML. */
export function terminalsHtml(
  terminals: readonly TerminalRecord[],
  progress: readonly Progress[],
  { language, now }: { language: ManagersLanguage; now: WallMs },
): string {
  const texts = liveTexts[language]
  if (terminals.length === 0) return `<p>${texts.noTerminals}</p>`
  const missing = missingOf(progress)
  const rows = terminals
    .map((terminal) => rowOf(terminal, missing.get(terminal.source) ?? 0, language, now))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  const troubled = rows.filter(({ inOrder }) => !inOrder)
  const fine = rows.filter(({ inOrder }) => inOrder)
  const inOrder = escapeHtml(texts.inOrder(fine.length))
  return [
    troubled.length > 0 ? table(troubled, texts.caption, language) : `<p>${texts.noTrouble}</p>`,
    fine.length > 0
      ? `<details id="in-order"><summary>${inOrder}</summary>${table(fine, inOrder, language)}</details>`
      : '',
  ].join('')
}

function table(rows: readonly Row[], caption: string, language: ManagersLanguage): string {
  const texts = liveTexts[language]
  const { terminal, state, lastVote, votes, waiting, health } = texts.columns
  const head = [terminal, state, lastVote, votes, waiting, health]
    .map((title) => `<th scope="col">${title}</th>`)
    .join('')
  const body = rows
    .slice(0, mostRows)
    .map(({ html }) => html)
    .join('')
  const more = rows.length > mostRows ? `<p>${texts.more(rows.length - mostRows)}</p>` : ''
  return `<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>${more}`
}

interface Row {
  name: string
  inOrder: boolean
  html: string
}

function rowOf(
  { source, state, health, lastVote, votes }: TerminalRecord,
  missing: number,
  language: ManagersLanguage,
  now: WallMs,
): Row {
  const texts = liveTexts[language]
  const name = nameOf(source)
  const problems = [
    ...(missing > 0 ? [texts.missing(missing)] : []),
    ...(health ? problemsOf(health, language) : []),
  ]
  const is = state?.state ?? 'unknown'
  const healthText = health || missing > 0 ? problems.join('; ') || texts.good : texts.unknown
  const stateText = state
    ? `${texts.state[is]} ${ago(Date.parse(state.since), now, language)}`
    : texts.state.unknown
  const cells = [
    stateText,
    lastVote === undefined ? '–' : ago(lastVote, now, language),
    votes.toLocaleString(tags[language]),
    health ? health.queue.votes.toLocaleString(tags[language]) : '–',
    healthText,
  ]
  const numeric = [2, 3]
  const html = `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map((cell, i) => `<td${numeric.includes(i) ? ' class="number"' : ''}>${escapeHtml(cell)}</td>`).join('')}</tr>`
  return { name, inOrder: problems.length === 0 && is === 'online', html }
}

function missingOf(progress: readonly Progress[]): Map<string, number> {
  const missing = new Map<string, number>()
  for (const { source, missing: ranges } of progress) {
    const count = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0)
    missing.set(source, (missing.get(source) ?? 0) + count)
  }
  return missing
}

function problemsOf(
  { clock, disk, keys, lights, display, underVoltage }: HealthMessage,
  language: ManagersLanguage,
): string[] {
  const texts = liveTexts[language]
  const cases: [boolean, string][] = [
    [!disk.writable, texts.disk],
    [keys.is === 'broken', texts.keys],
    [keys.stuck.length > 0, texts.stuck],
    [lights.is === 'broken', texts.lights],
    [display.is === 'broken', texts.display],
    [clock !== 'synchronised', texts.clock],
    [underVoltage === true, texts.power],
  ]
  return cases.filter(([applies]) => applies).map(([, text]) => text)
}

function nameOf(source: string): string {
  return source.replace('faccina://', '')
}

const tags: Record<ManagersLanguage, string> = { it: 'it-IT', en: 'en-GB' }
const steps = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** `5 minuti fa`. */
function ago(then: WallMs, now: WallMs, language: ManagersLanguage): string {
  const ms = Math.max(0, now - then)
  const [unit, unitMs] = steps.find(([, size]) => ms >= size * 2) ?? steps[3]
  return new Intl.RelativeTimeFormat(tags[language], { numeric: 'auto' }).format(
    -Math.round(ms / unitMs),
    unit,
  )
}
