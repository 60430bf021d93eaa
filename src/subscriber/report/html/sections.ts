import { weekdays } from '../../../domain/hours.ts'
import { faces, outcomes, reasons } from '../../../domain/words.ts'
import { hoursTellSomething } from '../bounded.ts'
import { answeredNote, methodNotes, participationNotes, pressesNote } from '../notes.ts'
import type { GivenReasons, Measured, Report } from '../report.ts'
import { headline, type Words } from '../words.ts'
import { hourName } from './drawings.ts'
import { figure, legend, number, paragraph, section, table } from './parts.ts'
import { criticalSection, type Page, unitsSection } from './place-sections.ts'
import { escapeHtml } from './svg.ts'

/** The sections of the page in their order: what a manager wants first comes first. */

export function sections(page: Page): string[] {
  const { report } = page
  const { total } = report
  if (total.is !== 'shown') return [summary(page), method(page)]
  return [
    summary(page),
    facesSection(page, total),
    reasonsSection(page),
    hoursSection(page),
    trendSection(page),
    unitsSection(page, total),
    criticalSection(page),
    participationSection(page),
    method(page),
  ]
}

/** The answer in a sentence, and the index as a number that is seen across the room. */
function summary({ report, words }: Page): string {
  const { texts } = words
  const { index, rest } = headline(report, words)
  const { total, trend } = report
  const title = `<h2 id="index-title" class="unseen">${escapeHtml(texts.sections.index)}</h2>`
  if (total.is !== 'shown')
    return `<section id="index" class="summary" aria-labelledby="index-title">${title}${paragraph(index, 'lead')}</section>`
  const { low, high } = total.indexInterval
  const direction = trend.is === 'shown' ? trend.direction : 'unclear'
  const [change = '', critical = ''] = rest
  return `<section id="index" class="summary" aria-labelledby="index-title">${title}
<div class="big"><p class="index"><span class="value">${words.index(total.index)}</span> <span class="of">${escapeHtml(texts.ofHundred('').trim())}</span></p>
${scale(total)}
<p class="small">${escapeHtml(texts.votes(total.votes, words.whole(total.votes)))} · ${escapeHtml(texts.interval95(words.index(low), words.index(high)))}</p></div>
<div class="said"><p class="lead change ${direction}">${arrow(direction)}${escapeHtml(change)}</p>
${paragraph(critical, 'lead')}
${paragraph(texts.formula, 'small')}</div>
</section>`
}

/** From 0 to 100: the index filled in, and its interval as a bracket. */
function scale({ index, indexInterval: { low, high } }: Measured): string {
  const at = (value: number) => (value * 3).toFixed(1)
  return `<svg class="scale" viewBox="0 0 300 26" aria-hidden="true"><rect class="track" y="8" width="300" height="10" rx="5"/><rect class="filled" y="8" width="${at(index)}" height="10" rx="5"/><path class="bracket" d="M${at(low)} 2V24M${at(high)} 2V24M${at(low)} 13H${at(high)}"/></svg>`
}

const arrows = {
  better: 'M10 17V3M4 9l6-6 6 6',
  worse: 'M10 3v14M4 11l6 6 6-6',
  unclear: 'M3 10h14M11 4l6 6-6 6',
}

function arrow(direction: keyof typeof arrows): string {
  return `<svg class="arrow" viewBox="0 0 20 20" aria-hidden="true"><path d="${arrows[direction]}"/></svg>`
}

function facesSection({ words, drawings, face }: Page, total: Measured): string {
  const { texts } = words
  const cards = faces.map(
    (one) => `<li class="${one}">${face(one)}<p><span class="name">${escapeHtml(texts.faces[one])}</span>
<span class="value">${words.share(total.shares[one])}</span> <span class="small">${escapeHtml(texts.votes(total.faces[one], words.whole(total.faces[one])))}</span></p></li>`,
  )
  return section('faces', texts.sections.faces, [
    `<figure>${drawings.shares(total)}</figure>`,
    `<ul class="faces">${cards.join('\n')}</ul>`,
  ])
}

function reasonsSection({ report, words, drawings }: Page): string {
  const { details } = report
  if (details.is !== 'shown' || details.asked === 0) return ''
  const { texts } = words
  const { heads } = texts
  const { reasons: given } = details
  const ended = outcomes.map((outcome) => {
    const { votes, share } = details.outcomes[outcome]
    return [texts.outcomes[outcome], number(words.whole(votes)), number(words.share(share))]
  })
  const endings = table(heads.outcome, [heads.outcome, number(heads.votes), number(heads.share)], ended)
  return section('reasons', texts.sections.reasons, [
    paragraph(answeredNote(details, words)),
    given
      ? figure(
          { drawing: drawings.reasons(given), caption: texts.reasonsCaption },
          texts.table,
          reasonTable(given, words) + endings,
        )
      : endings,
    paragraph(pressesNote(details, words), 'small'),
  ])
}

function reasonTable(given: GivenReasons, words: Words): string {
  const { texts } = words
  const rows = reasons.map((reason) => {
    const { votes, share } = given[reason]
    return [words.reason(reason), number(words.whole(votes)), number(words.share(share))]
  })
  const { reason, answers, share } = texts.heads
  return table(texts.reasonsCaption, [reason, number(answers), number(share)], rows)
}

function hoursSection({ report, words, drawings }: Page): string {
  const { hours, total, cellMinimum, minimum } = report
  if (total.is !== 'shown') return ''
  const { texts } = words
  if (!hoursTellSomething(report)) return section('hours', texts.sections.hours, [paragraph(texts.hoursFew)])
  const days = weekdays.filter((day) => hours.some(({ weekday }) => weekday === day))
  const times = [...new Set(hours.map(({ hour }) => hour))].sort((a, b) => a - b)
  const rows = times.map((time) => [
    hourName(time),
    ...days.map((day) => {
      const result = hours.find(({ weekday, hour }) => weekday === day && hour === time)?.result
      if (!result || result.is === 'none') return number('–')
      if (result.is === 'withheld') return number(texts.withheld)
      return number(`${words.whole(result.index)} (${words.whole(result.votes)})`)
    }),
  ])
  const { low, high, total: whole } = texts.legend
  return section('hours', texts.sections.hours, [
    figure(
      {
        drawing: drawings.hours(report),
        caption: texts.hoursCaption,
        legend: legend([
          ['low', low],
          ['middle', whole(words.index(total.index))],
          ['high', high],
        ]),
      },
      texts.table,
      table(
        texts.hoursCaption,
        [texts.heads.hour, ...days.map((day) => number(words.weekday(day, 'short')))],
        rows,
      ),
    ),
    paragraph(texts.hoursNote(words.whole(cellMinimum), words.whole(minimum)), 'small'),
  ])
}

function trendSection({ report, words, drawings }: Page): string {
  const { series, trend, total } = report
  if (total.is !== 'shown') return ''
  const { texts } = words
  const { heads } = texts
  const rows = series.steps.map((step) => {
    const { result } = step
    const name = words.days(step, 'short')
    if (result.is !== 'shown') return [name, number(result.is === 'none' ? '–' : texts.withheld), number('')]
    return [
      name,
      number(`${words.index(result.index)} (${words.indexInterval(result.indexInterval)})`),
      number(words.whole(result.votes)),
    ]
  })
  return section('trend', texts.sections.trend, [
    trend.is === 'shown' ? comparison(trend, total, words) : paragraph(texts.trendNone),
    figure(
      {
        drawing: drawings.trend(report),
        caption: texts.trendCaption[series.step],
        legend: legend([
          ['band', texts.intervalBand],
          ['whole', texts.legend.total(words.index(total.index))],
        ]),
      },
      texts.table,
      table(
        texts.trendCaption[series.step],
        [heads.period, number(`${heads.index} (${heads.interval})`), number(heads.votes)],
        rows,
      ),
    ),
  ])
}

function comparison(trend: Extract<Report['trend'], { is: 'shown' }>, total: Measured, words: Words): string {
  const { texts } = words
  const { heads } = texts
  const row = (face: 'satisfied' | 'dissatisfied') => [
    texts.faces[face],
    number(words.share(trend.before.shares[face])),
    number(words.share(total.shares[face])),
    number(words.difference(trend[face], 100)),
  ]
  return table(
    `${words.days(trend)} → ${texts.heads.now.toLowerCase()}`,
    [
      heads.measure,
      number(heads.before),
      number(heads.now),
      number(`${heads.difference} (${heads.interval})`),
    ],
    [
      [
        heads.index,
        number(words.index(trend.before.index)),
        number(words.index(total.index)),
        number(words.difference(trend.index)),
      ],
      row('satisfied'),
      row('dissatisfied'),
    ],
  )
}

function participationSection({ report, words }: Page): string {
  const { participation } = report
  const { texts } = words
  if (participation.is !== 'shown')
    return section('participation', texts.sections.participation, [
      paragraph(participation.is === 'none' ? texts.noParticipation : texts.withheld),
    ])
  const [first = '', ...more] = participationNotes(participation, words)
  return section('participation', texts.sections.participation, [
    `<p class="rate">${words.share(participation.rate)}</p>`,
    paragraph(first),
    ...more.map((note) => paragraph(note, 'small')),
  ])
}

function method({ report, words }: Page): string {
  const notes = methodNotes(report, words).map((note) => `<li>${escapeHtml(note)}</li>`)
  return section('method', words.texts.sections.method, [`<ul class="notes">${notes.join('\n')}</ul>`])
}
