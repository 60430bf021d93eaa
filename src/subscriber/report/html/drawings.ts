import { weekdays } from '../../../domain/hours.ts'
import { faces, reasons } from '../../../domain/words.ts'
import { mostAreas, type Ranked } from '../bounded.ts'
import type { GivenReasons, Measured, Report, Unit } from '../report.ts'
import type { Words } from '../words.ts'
import { fitSvg } from './svg.ts'

/** Which chart shows what of a report: each in two sizes, of which the page shows the one that fits. */

type Charts = typeof import('./charts.ts')
type Size = import('./charts.ts').Size

const wide: Size = { width: 760, narrow: false }
const narrow: Size = { width: 340, narrow: true }

export class Drawings {
  readonly #charts: Charts
  readonly #words: Words

  constructor(charts: Charts, words: Words) {
    this.#charts = charts
    this.#words = words
  }

  shares(total: Measured): string {
    const { texts } = this.#words
    const bars = faces.map((face) => ({
      face,
      name: texts.faces[face],
      share: total.shares[face],
      label: this.#words.share(total.shares[face]),
    }))
    const list = bars.map(({ name, label }) => `${name} ${label}`).join(', ')
    return this.#both('shares', texts.chart.shares(list), (size) => this.#charts.sharesChart(bars, size))
  }

  reasons(given: GivenReasons): string {
    const words = this.#words
    const bars = [...reasons]
      .sort((a, b) => given[b].votes - given[a].votes)
      .map((reason) => {
        const { share, votes } = given[reason]
        return { name: words.reason(reason), share, label: `${words.share(share)} (${words.whole(votes)})` }
      })
    const list = bars.map(({ name, label }) => `${name} ${label}`).join(', ')
    return this.#both('reasons', words.texts.chart.reasons(list), (size) =>
      this.#charts.barsChart(bars, size),
    )
  }

  hours({ hours, total }: Report): string {
    if (total.is !== 'shown') return ''
    const words = this.#words
    const days = weekdays.filter((day) => hours.some(({ weekday }) => weekday === day))
    const times = hours.map(({ hour }) => hour)
    const first = Math.min(...times)
    const rows = Array.from({ length: Math.max(...times) - first + 1 }, (_, i) => hourName(first + i))
    const cells = hours.map(({ weekday, hour, result }) => ({
      column: days.indexOf(weekday),
      row: hour - first,
      index: result.is === 'shown' ? result.index : undefined,
      label: result.is === 'shown' ? words.whole(result.index) : '',
    }))
    const columns = days.map((day) => words.weekday(day, 'short'))
    return this.#both('hours', words.texts.chart.hours, (size) =>
      this.#charts.heatChart({ columns, rows, cells, middle: total.index }, size),
    )
  }

  trend({ series, total }: Report): string {
    if (total.is !== 'shown' || !series.steps.some(({ result }) => result.is === 'shown')) return ''
    const words = this.#words
    const points = series.steps.map((step) => ({
      name: words.step(step, series.step),
      value:
        step.result.is === 'shown' ? { index: step.result.index, ...step.result.indexInterval } : undefined,
    }))
    return this.#both('trend', words.texts.chart.trend, (size) =>
      this.#charts.trendChart({ points, whole: total.index, format: (value) => words.whole(value) }, size),
    )
  }

  /** @param name how a unit is called here */
  ranking(id: string, ranked: Ranked, whole: number, name: (unit: Unit) => string): string {
    const words = this.#words
    const rows = [...ranked.lowest, ...ranked.highest].map((unit) => ({
      name: name(unit),
      value: unit.result.index,
      ...unit.result.indexInterval,
      votes: unit.result.votes,
    }))
    if (rows.length === 0) return ''
    return this.#both(id, words.texts.chart.ranking, (size) => {
      const labelled = rows.map(({ votes, ...row }) => {
        const index = words.index(row.value)
        const label = size.narrow ? index : `${index} · ${words.texts.votes(votes, words.whole(votes))}`
        return { ...row, label }
      })
      return this.#charts.intervalsChart(
        { rows: labelled, whole, format: (value) => words.whole(value) },
        size,
      )
    })
  }

  critical({ critical, places }: Report): string {
    if (critical.areas.length === 0) return ''
    const words = this.#words
    const rows = critical.areas.slice(0, mostAreas).map((area) => ({
      name: words.shortArea(area, places.municipalities > 1),
      value: 100 * area.share,
      low: 100 * area.interval.low,
      high: 100 * area.interval.high,
      other: 100 * area.rest.share,
      label: words.share(area.share),
    }))
    return this.#both('critical', words.texts.chart.critical, (size) =>
      this.#charts.intervalsChart({ rows, format: (value) => words.wholeShare(value / 100) }, size),
    )
  }

  #both(id: string, label: string, draw: (size: Size) => string): string {
    return [
      fitSvg(draw(wide), { id: `${id}-wide`, label, className: 'chart wide' }),
      fitSvg(draw(narrow), { id: `${id}-narrow`, label, className: 'chart narrow' }),
    ].join('\n')
  }
}

/** `8–9`. */
export function hourName(hour: number): string {
  return `${hour}–${hour + 1}`
}
