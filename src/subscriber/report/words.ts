import { type Weekday, weekdays } from '../../domain/hours.ts'
import { it2009 } from '../../domain/surveys/it-2009.ts'
import type { Reason } from '../../domain/words.ts'
import type { Days } from './calendar.ts'
import type { Area, Report } from './report.ts'
import type { Difference, Interval } from './statistics.ts'
import { texts } from './texts/by-language.ts'
import type { ReportLanguage, Texts } from './texts/texts.ts'

/** A language's texts, and numbers, dates and names as it writes them. */
export class Words {
  readonly language: ReportLanguage
  readonly texts: Texts
  readonly #whole: Intl.NumberFormat
  readonly #index: Intl.NumberFormat
  readonly #share: Intl.NumberFormat
  readonly #signed: Intl.NumberFormat
  readonly #signedPoints: Intl.NumberFormat

  constructor(language: ReportLanguage) {
    this.language = language
    this.texts = texts[language]
    const { locale } = this.texts
    const one = { minimumFractionDigits: 1, maximumFractionDigits: 1 }
    // Italian writes 1234, but 12.345; in a table the two do not go together.
    this.#whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0, useGrouping: 'always' })
    this.#index = new Intl.NumberFormat(locale, one)
    this.#share = new Intl.NumberFormat(locale, { style: 'percent', ...one })
    this.#signed = new Intl.NumberFormat(locale, { ...one, signDisplay: 'exceptZero' })
    this.#signedPoints = new Intl.NumberFormat(locale, { ...one, signDisplay: 'never' })
  }

  whole(value: number): string {
    return this.#whole.format(value)
  }

  /** An index, or points of it. */
  index(value: number): string {
    return this.#index.format(value)
  }

  points(value: number): string {
    return this.#signedPoints.format(value)
  }

  signed(value: number): string {
    return this.#signed.format(value).replace('-', '−')
  }

  share(value: number): string {
    return this.#share.format(value)
  }

  /** Without decimals. */
  wholeShare(value: number): string {
    return new Intl.NumberFormat(this.texts.locale, { style: 'percent' }).format(value)
  }

  /** `+2.3 (+0.4 to +4.2)`; of shares in points of a hundred. */
  difference({ value, low, high }: Difference, times = 1): string {
    const interval = this.texts.range(this.signed(low * times), this.signed(high * times))
    return `${this.signed(value * times)} (${interval})`
  }

  indexInterval({ low, high }: Interval): string {
    return `${this.index(low)}–${this.index(high)}`
  }

  shareInterval({ low, high }: Interval): string {
    return `${this.index(100 * low)}–${this.share(high)}`
  }

  weekday(weekday: Weekday, style: 'long' | 'short' = 'long'): string {
    // 2024-01-01 was a Monday.
    const day = Date.UTC(2024, 0, 1 + weekdays.indexOf(weekday))
    return new Intl.DateTimeFormat(this.texts.locale, { weekday: style, timeZone: 'UTC' }).format(day)
  }

  /** `1–31 March 2026`. */
  days({ from, to }: Days, month: 'long' | 'short' = 'long'): string {
    const format = new Intl.DateTimeFormat(this.texts.locale, {
      day: 'numeric',
      month,
      year: 'numeric',
      timeZone: 'UTC',
    })
    const [start, end] = [from, to].map((date) => Date.parse(`${date}T00:00Z`)) as [number, number]
    // ICU writes `01–31 marzo` where it means `1–31 marzo`.
    return from === to ? format.format(start) : format.formatRange(start, end).replace(/\b0(?=\d\b)/g, '')
  }

  /** A step on the axis of time: `5/3`, `Mar 2026`. */
  step({ from }: Days, step: Report['series']['step']): string {
    const parts: Intl.DateTimeFormatOptions =
      step === 'month' ? { month: 'short', year: '2-digit' } : { day: 'numeric', month: 'short' }
    return new Intl.DateTimeFormat(this.texts.locale, { ...parts, timeZone: 'UTC' }).format(
      Date.parse(`${from}T00:00Z`),
    )
  }

  /** The moment at which a report was made. */
  moment(iso: string, timeZone: string): string {
    return new Intl.DateTimeFormat(this.texts.locale, {
      dateStyle: 'long',
      timeStyle: 'short',
      timeZone,
    }).format(Date.parse(iso))
  }

  reason(reason: Reason): string {
    return it2009.texts[this.language].reasons[reason]
  }

  /** `office anagrafe, counter 3`; the municipality only where there are several. */
  place(
    {
      municipality,
      office,
      counter,
    }: Partial<Record<'municipality' | 'office' | 'counter', string | undefined>>,
    withMunicipality: boolean,
  ): string {
    const { texts } = this
    return [
      withMunicipality && municipality !== undefined && `${texts.municipality} ${municipality}`,
      office !== undefined && `${texts.office} ${office}`,
      counter !== undefined && `${texts.counter} ${counter}`,
    ]
      .filter((part) => part !== false)
      .join(', ')
  }

  /** The same where a list says what they are: `anagrafe · counter 3`. */
  shortPlace(
    {
      municipality,
      office,
      counter,
    }: { municipality: string } & Partial<Record<'office' | 'counter', string | undefined>>,
    withMunicipality: boolean,
  ): string {
    const parts = [
      (withMunicipality || office === undefined) && municipality,
      office,
      counter !== undefined && `${this.texts.counter} ${counter}`,
    ]
    return parts.filter((part) => part !== false && part !== undefined).join(' · ')
  }

  area(area: Area, withMunicipality: boolean): string {
    const place = this.place(area, withMunicipality)
    if (area.block) return `${place}, ${this.block(area.block)}`
    const through = area.through?.join(', ')
    return through ? `${place} (${this.texts.through(through, area.through!.length)})` : place
  }

  shortArea(area: Area, withMunicipality: boolean): string {
    const place = this.shortPlace(area, withMunicipality)
    return area.block ? `${place} · ${this.block(area.block)}` : place
  }

  block({ weekday, from, to }: NonNullable<Area['block']>): string {
    return `${this.weekday(weekday)} ${from}–${to}`
  }
}

/** The report in a sentence or two, for those who read no further: what it is, how it went, where to look. */
export function headline(report: Report, words: Words): { index: string; rest: string[] } {
  const { texts } = words
  const { total, minimum } = report
  if (total.is !== 'shown') {
    const text = total.is === 'none' ? texts.headline.none : texts.headline.few(words.whole(minimum))
    return { index: text, rest: [] }
  }
  return {
    index: texts.ofHundred(words.index(total.index)),
    rest: [trendSentence(report, words), criticalSentence(report, words)],
  }
}

function trendSentence({ trend }: Report, words: Words): string {
  const { headline, trendNone } = words.texts
  if (trend.is !== 'shown') return trendNone
  const months = Math.round((Date.parse(trend.to) - Date.parse(trend.from)) / 86_400_000 / 30.44)
  const before = headline.before(trend.by, words.whole(months), words.days(trend, 'short'))
  const { value, low, high } = trend.index
  if (trend.direction === 'better') return headline.better(words.points(value), before)
  if (trend.direction === 'worse') return headline.worse(words.points(value), before)
  const interval = words.texts.range(words.signed(low), words.signed(high))
  return headline.unclear(words.signed(value), interval, before)
}

function criticalSentence({ critical, places }: Report, words: Words): string {
  const { headline } = words.texts
  // An office that is critical for the sake of its counters alone is no further area.
  const [first, ...more] = critical.areas.filter(({ through }) => through === undefined)
  if (!first) return headline.noCritical
  const place = words.area(first, places.municipalities > 1)
  const reason = first.reason ? ` (${headline.mostly(words.reason(first.reason.reason))})` : ''
  const sentence = `${headline.critical(place, words.share(first.share), words.share(first.rest.share))}${reason}.`
  return more.length > 0 ? `${sentence} ${headline.moreCritical(more.length)}` : sentence
}
