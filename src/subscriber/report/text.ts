import { weekdays } from '../../domain/hours.ts'
import { faces, outcomes, reasons } from '../../domain/words.ts'
import { hoursTellSomething, mostAreas, ranked, type ShownUnit } from './bounded.ts'
import { about, answeredNote, methodNotes, participationNotes, pressesNote, testedNote } from './notes.ts'
import type { Report, Unit } from './report.ts'
import type { ReportLanguage } from './texts/texts.ts'
import { headline, Words } from './words.ts'

/** The report for a terminal of 80 columns. */

const width = 80

export interface TextOptions {
  language: ReportLanguage
  /** Whether headings may be bold. */
  bold?: boolean
}

export function renderText(report: Report, { language, bold = false }: TextOptions): string {
  const words = new Words(language)
  const { texts } = words
  const section = (title: string, lines: string[]) =>
    lines.length === 0 ? [] : ['', bold ? `\u001b[1m${title}\u001b[0m` : title, ...lines]
  const { sections } = texts
  return `${[
    ...section(`${texts.title} · ${about(report, words)}`, summary(report, words)),
    ...section(sections.faces, facesLines(report, words)),
    ...section(sections.reasons, reasonLines(report, words)),
    ...section(sections.critical, criticalLines(report, words)),
    ...section(sections.trend, trendLines(report, words)),
    ...section(sections.hours, hourLines(report, words)),
    ...unitSections(report, words).flatMap(([title, lines]) => section(title, lines)),
    ...section(sections.participation, participationLines(report, words)),
    ...section(
      sections.method,
      methodNotes(report, words).flatMap((note) => wrap(note)),
    ),
  ]
    .slice(1)
    .join('\n')}\n`
}

function summary(report: Report, words: Words): string[] {
  const { index, rest } = headline(report, words)
  const { total } = report
  if (total.is !== 'shown') return [...wrap(index), `  ${words.texts.formula}`]
  const { low, high } = total.indexInterval
  const votes = words.texts.votes(total.votes, words.whole(total.votes))
  const interval = words.texts.interval95(words.index(low), words.index(high))
  return [
    `  ${bar(total.index / 100, 40)} ${index}`,
    ...wrap(`${votes}; ${interval}`),
    ...rest.flatMap((sentence) => wrap(sentence)),
    `  ${words.texts.formula}`,
  ]
}

function facesLines({ total }: Report, words: Words): string[] {
  if (total.is !== 'shown') return []
  return shareLines(
    faces.map((face) => [words.texts.faces[face], total.shares[face], total.faces[face]]),
    words,
  )
}

function reasonLines({ details }: Report, words: Words): string[] {
  if (details.is !== 'shown') return []
  const { reasons: given } = details
  const order = given ? [...reasons].sort((a, b) => given[b].votes - given[a].votes) : []
  return [
    ...wrap(answeredNote(details, words)),
    ...shareLines(
      order.map((reason) => [words.reason(reason), given![reason].share, given![reason].votes]),
      words,
    ),
    '',
    ...shareLines(
      outcomes.map((outcome) => [
        words.texts.outcomes[outcome],
        details.outcomes[outcome].share,
        details.outcomes[outcome].votes,
      ]),
      words,
    ),
    ...wrap(pressesNote(details, words)),
  ]
}

function shareLines(rows: readonly (readonly [string, number, number])[], words: Words): string[] {
  return rows.map(
    ([name, share, votes]) =>
      `  ${fit(name, 30)} ${bar(share, 26)} ${words.share(share).padStart(7)} ${words.whole(votes).padStart(11)}`,
  )
}

function criticalLines(report: Report, words: Words): string[] {
  const { critical, places, total } = report
  if (total.is !== 'shown') return []
  const { texts } = words
  if (critical.areas.length === 0) return wrap(texts.noCritical(words.whole(critical.tested)))
  const more = critical.areas.length - mostAreas
  return [
    ...critical.areas
      .slice(0, mostAreas)
      .flatMap((area) => [
        ...wrap(`! ${words.area(area, places.municipalities > 1)}`),
        ...wrap(
          `${texts.heads.dissatisfied} ${words.share(area.share)} (${words.shareInterval(area.interval)}); ` +
            `${texts.restOf[area.rest.of]} ${words.share(area.rest.share)}; ` +
            `${texts.heads.effect.toLowerCase()}: ${texts.sizes[area.effect.size]}` +
            (area.reason ? `; ${texts.headline.mostly(words.reason(area.reason.reason))}` : ''),
          '    ',
        ),
      ]),
    ...(more > 0 ? wrap(texts.furtherAreas(words.whole(more))) : []),
    ...wrap(testedNote(report, words)),
  ]
}

function trendLines({ series, trend, total }: Report, words: Words): string[] {
  if (total.is !== 'shown') return []
  const { texts } = words
  const steps = series.steps.map((step) => {
    const { result } = step
    const name = fit(words.step(step, series.step), 10)
    if (result.is !== 'shown') return `  ${name} ${result.is === 'none' ? '–' : texts.withheld}`
    const votes = texts.votes(result.votes, words.whole(result.votes))
    return `  ${name} ${bar(result.index / 100, 40)} ${words.index(result.index).padStart(5)} ${votes.padStart(18)}`
  })
  if (trend.is !== 'shown') return [...wrap(texts.trendNone), ...steps]
  return [
    `  ${texts.heads.index}: ${words.difference(trend.index)}`,
    `  ${texts.heads.dissatisfied}: ${words.difference(trend.dissatisfied, 100)}`,
    ...steps,
  ]
}

function hourLines(report: Report, words: Words): string[] {
  const { hours, cellMinimum, minimum, total } = report
  if (total.is !== 'shown') return []
  if (!hoursTellSomething(report)) return wrap(words.texts.hoursFew)
  const times = hours.map(({ hour }) => hour)
  const days = weekdays.filter((day) => hours.some(({ weekday }) => weekday === day))
  const head = days.map((day) => words.weekday(day, 'short').padStart(7)).join('')
  const rows: string[] = []
  for (let hour = Math.min(...times); hour <= Math.max(...times); hour++) {
    const cells = days.map((day) => {
      const result = hours.find((cell) => cell.weekday === day && cell.hour === hour)?.result
      if (!result || result.is === 'none') return ''
      return result.is === 'shown' ? words.whole(result.index) : '·'
    })
    rows.push(`  ${String(hour).padStart(2)}${cells.map((cell) => cell.padStart(7)).join('')}`.trimEnd())
  }
  return [
    `    ${head}`,
    ...rows,
    ...wrap(words.texts.hoursNote(words.whole(cellMinimum), words.whole(minimum))),
  ]
}

function unitSections(
  { municipalities, offices, counters, places }: Report,
  words: Words,
): [string, string[]][] {
  const { sections } = words.texts
  const lines = (units: readonly Unit[]) => unitLines(units, places.municipalities > 1, words)
  return [
    [sections.municipalities, municipalities.length > 1 ? lines(municipalities) : []],
    [sections.offices, lines(offices)],
    [sections.counters, lines(counters)],
  ]
}

function unitLines(units: readonly Unit[], several: boolean, words: Words): string[] {
  if (units.length === 0) return []
  const { texts } = words
  const { lowest, between, highest, withheld } = ranked(units)
  const line = (unit: ShownUnit) => {
    const { index, indexInterval, votes } = unit.result
    const name = [several && unit.municipality, unit.office, unit.counter].filter(Boolean).join(' · ')
    return `  ${fit(name || unit.municipality, 30)} ${bar(index / 100, 16)} ${words.index(index).padStart(5)} ${words
      .indexInterval(indexInterval)
      .padStart(11)} ${words.whole(votes).padStart(11)}`
  }
  const { heads } = texts
  return [
    `  ${heads.index.padStart(53)} ${'95%'.padStart(11)} ${heads.votes.padStart(11)}`,
    ...lowest.map(line),
    ...(between
      ? wrap(texts.further(words.whole(between.count), words.index(between.from), words.index(between.to)))
      : []),
    ...highest.map(line),
    ...(withheld > 0 ? wrap(texts.furtherWithheld(withheld, words.whole(withheld))) : []),
  ]
}

function participationLines({ participation }: Report, words: Words): string[] {
  const { noParticipation, withheld } = words.texts
  if (participation.is === 'none') return wrap(noParticipation)
  if (participation.is === 'withheld') return [`  ${withheld}`]
  return participationNotes(participation, words).flatMap((note) => wrap(note))
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar of blocks on a ground of its own, so that it is seen how much is missing. */
export function bar(share: number, columns: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * columns * 8)
  const blocks = `${'█'.repeat(Math.floor(filled / 8))}${eighths[filled % 8]}`
  return blocks.padEnd(columns, '·')
}

function fit(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, columns - 1)}…` : text.padEnd(columns)
}

function wrap(text: string, indent = '  '): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(`${indent}${line}`)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, `${indent}${line}`]
}
