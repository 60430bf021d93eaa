import type { Face } from '../../../domain/words.ts'
import { mostAreas, ranked } from '../bounded.ts'
import { testedNote } from '../notes.ts'
import type { Measured, Report, Unit } from '../report.ts'
import type { Words } from '../words.ts'
import type { Drawings } from './drawings.ts'
import { figure, legend, number, paragraph, section, table } from './parts.ts'
import { escapeHtml } from './svg.ts'

/** Where it goes well and where not: the sections of municipalities, offices, counters and critical areas. */

/** What a section is made of. */
export interface Page {
  report: Report
  words: Words
  drawings: Drawings
  /** A face as an SVG element, for decoration. */
  face: (face: Face) => string
}

export function unitsSection(page: Page, total: Measured): string {
  const { report, words } = page
  const { sections } = words.texts
  const { municipalities, offices, counters } = report
  return section('units', sections.units, [
    ...(municipalities.length > 1 ? ranking(page, total, 'municipalities', municipalities) : []),
    ...(offices.length > 1 ? ranking(page, total, 'offices', offices) : []),
    ...(counters.length > 1 ? ranking(page, total, 'counters', counters) : []),
  ])
}

function ranking(
  { report, words, drawings }: Page,
  total: Measured,
  level: 'municipalities' | 'offices' | 'counters',
  units: readonly Unit[],
): string[] {
  const { texts } = words
  const { heads } = texts
  const list = ranked(units)
  const several = report.places.municipalities > 1
  const name = (unit: Unit) => words.shortPlace(unit, several)
  const title = texts.sections[level]
  const rows = [...list.lowest, ...list.highest].map((unit) => {
    const { result, participation } = unit
    return [
      name(unit),
      number(words.index(result.index)),
      number(words.indexInterval(result.indexInterval)),
      number(words.share(result.shares.dissatisfied)),
      number(words.whole(result.votes)),
      number(participation.is === 'shown' ? words.share(participation.rate) : '–'),
    ]
  })
  const columns = [heads.index, heads.interval, heads.dissatisfied, heads.votes, heads.participation]
  return [
    `<h3>${escapeHtml(title)}</h3>`,
    figure(
      {
        drawing: drawings.ranking(level, list, total.index, name),
        caption: texts.ranked,
        legend: legend([['whole', texts.legend.total(words.index(total.index))]]),
      },
      texts.table,
      table(
        title,
        [
          texts.heads[
            level === 'municipalities' ? 'municipality' : level === 'offices' ? 'office' : 'counter'
          ],
          ...columns.map(number),
        ],
        rows,
      ),
    ),
    list.between
      ? paragraph(
          texts.further(
            words.whole(list.between.count),
            words.index(list.between.from),
            words.index(list.between.to),
          ),
        )
      : '',
    list.withheld > 0 ? paragraph(texts.furtherWithheld(list.withheld, words.whole(list.withheld))) : '',
  ]
}

export function criticalSection({ report, words, drawings }: Page): string {
  const { critical, places } = report
  const { texts } = words
  const { heads } = texts
  const { areas } = critical
  if (areas.length === 0)
    return section('critical', texts.sections.critical, [
      paragraph(texts.noCritical(words.whole(critical.tested))),
    ])
  const rows = areas
    .slice(0, mostAreas)
    .map((area) => [
      words.area(area, places.municipalities > 1),
      number(`${words.share(area.share)} (${words.shareInterval(area.interval)})`),
      number(words.share(area.rest.share)),
      texts.sizes[area.effect.size],
      area.reason ? words.reason(area.reason.reason) : '–',
    ])
  const caption = texts.sections.critical
  const itsTable = table(
    caption,
    [
      heads.area,
      number(`${heads.dissatisfied} (${heads.interval})`),
      number(heads.rest),
      heads.effect,
      heads.reason,
    ],
    rows,
  )
  return section('critical', texts.sections.critical, [
    `<figure>${drawings.critical(report)}${legend([
      ['dot', heads.dissatisfied],
      ['diamond', heads.rest],
    ])}</figure>`,
    itsTable,
    areas.length > mostAreas ? paragraph(texts.furtherAreas(words.whole(areas.length - mostAreas))) : '',
    paragraph(testedNote(report, words), 'small'),
  ])
}
