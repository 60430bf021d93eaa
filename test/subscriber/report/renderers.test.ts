import t from 'tap'
import { csvColumns, renderCsv } from '../../../src/subscriber/report/csv.ts'
import { figures } from '../../../src/subscriber/report/figures.ts'
import { renderHtml } from '../../../src/subscriber/report/html/page.ts'
import { renderJson } from '../../../src/subscriber/report/json.ts'
import type { Question, Report } from '../../../src/subscriber/report/report.ts'
import { formula } from '../../../src/subscriber/report/score.ts'
import { bar, renderText } from '../../../src/subscriber/report/text.ts'
import { texts } from '../../../src/subscriber/report/texts/by-language.ts'
import { reportLanguages } from '../../../src/subscriber/report/texts/texts.ts'
import { headline, Words } from '../../../src/subscriber/report/words.ts'
import { march, marchQuestion, municipality } from './municipality.ts'
import { parseCsv } from './parse-csv.ts'

const made = '2026-04-01T06:00:00.000Z'
const { rows, served } = march()
const inMarch = served.filter(({ from }) => from >= Date.UTC(2026, 2, 1))
const reportOf = (hours = rows, question: Partial<Question> = {}) =>
  figures({ ...marchQuestion, ...question }, { hours, served: inMarch }, made)

t.test('as text it fits 80 columns, in both languages, whatever there is', async (t) => {
  const many = municipality(
    Array.from({ length: 300 }, (_, i) => ({
      municipality: `c_a-rather-long-name-of-a-municipality-${i % 3}`,
      office: `an-office-with-a-long-name-${i % 40}`,
      counter: String(i),
      busy: 2,
      dissatisfied: i === 7 ? 0.6 : 0.15,
      neutral: 0.2,
    })),
    '2026-03-01',
    31,
  )
  const reports = [
    await reportOf(),
    await reportOf([]),
    await reportOf(rows.slice(-1)),
    await reportOf(many.rows),
  ]
  for (const report of reports) {
    for (const language of reportLanguages) {
      const text = renderText(report, { language })
      t.same(
        text.split('\n').filter((line) => [...line].length > 80),
        [],
      )
      t.match(text, texts[language].formula)
      t.notMatch(text, /undefined|NaN|Infinity|\[object/)
      t.ok(text.split('\n').length < 200, 'and it is no book')
    }
  }
})

t.test('what it says first', async (t) => {
  const report = await reportOf()
  const it = headline(report, new Words('it'))
  t.match(it.index, /^7\d,\d su 100$/)
  t.match(it.rest[0], /rispetto al mese precedente/)
  t.match(it.rest[1], /anagrafe, sportello 3: 3\d,\d% di insoddisfatti, contro 1\d,\d% nel resto/)
  t.match(it.rest[1], /«Tempo di attesa»/)
  const en = headline(report, new Words('en'))
  t.match(en.index, /^7\d\.\d of 100$/)
  t.match(en.rest[1], /office anagrafe, counter 3: 3\d\.\d% dissatisfied, against 1\d\.\d% in the rest/)
  t.match(renderText(report, { language: 'it' }), /1–31 marzo 2026 · tutti i comuni/)
  t.equal(headline(await reportOf([]), new Words('en')).index, 'There are no votes in this period.')
  const few = headline(await reportOf(rows.filter(({ votes }) => votes < 20).slice(-1)), new Words('it'))
  t.equal(few.index, 'In questo periodo ci sono meno di 30 voti: troppo pochi per essere mostrati.')
})

t.test('better and worse', async (t) => {
  const of = (before: number, now: number) => {
    const at = (time: string, satisfied: number) => ({
      ...rows[0]!,
      hour: Date.parse(time),
      votes: 1000,
      faces: { satisfied, neutral: 0, dissatisfied: 1000 - satisfied },
    })
    return reportOf([at('2026-02-10T08:00Z', before), at('2026-03-10T08:00Z', now)])
  }
  const say = async (before: number, now: number, language: 'it' | 'en') =>
    headline(await of(before, now), new Words(language)).rest[0]
  t.equal(await say(600, 700, 'en'), '10.0 points better than the month before.')
  t.equal(await say(700, 600, 'en'), '10.0 points worse than the month before.')
  t.equal(await say(600, 700, 'it'), '10,0 punti in più rispetto al mese precedente.')
  t.equal(await say(700, 600, 'it'), '10,0 punti in meno rispetto al mese precedente.')
  t.match(
    await say(700, 705, 'en'),
    /^No clear change from the month before: \+0\.5 points \(−\d\.\d to \+\d\.\d\)\.$/,
  )
})

t.test('two months are compared with the two before', async (t) => {
  const report = await reportOf(rows, {
    period: { from: '2026-03-01', to: '2026-04-30', timeZone: 'Europe/Rome' },
  })
  t.match(headline(report, new Words('en')).rest[0], /the 2 months before/)
  t.match(headline(report, new Words('it')).rest[0], /ai 2 mesi precedenti/)
})

t.test('votes whose time nobody knows are counted apart, where they are enough', async (t) => {
  const { hour: _, ...one } = rows[0]!
  const text = async (votes: number, language: 'it' | 'en') =>
    renderText(await reportOf([...rows, { ...one, votes }]), { language }).replaceAll(/\s+/g, ' ')
  for (const language of reportLanguages) {
    const { unknownFew, unknownTime } = texts[language]
    t.match(await text(5, language), unknownFew)
    t.match(await text(40, language), unknownTime('40'))
    t.notMatch(renderText(await reportOf(), { language }).replaceAll(/\s+/g, ' '), unknownFew)
  }
})

t.test('the page says in words what it has no figures for', async (t) => {
  const page = (report: Report) => renderHtml(report, { language: 'en', face: () => '', style: '' })
  const even = municipality(
    Array.from({ length: 40 }, (_, i) => ({
      office: `office-${i % 2}`,
      counter: String(i),
      busy: 9,
      dissatisfied: 0.15,
      neutral: 0.2,
    })),
    '2026-03-01',
    31,
  )
  const html = await page(await figures(marchQuestion, { hours: even.rows, served: [] }, made))
  t.match(html, /<p>None of the \d+ offices, counters and times that were tested has clearly more/)
  t.match(html, texts.en.noParticipation)
  t.match(
    html,
    /20 more between them, with an index from \d/,
    'the ends of the list are shown, the rest is counted',
  )
  t.notMatch(html, /undefined|NaN|\[object/)
})

t.test('both languages say the same things', async (t) => {
  const shape = (value: unknown): unknown =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shape(part)]))
      : typeof value
  t.same(shape(texts.it), shape(texts.en))
  for (const language of reportLanguages) {
    t.notMatch(
      JSON.stringify(texts[language]),
      /['`]\w|\s\s|95 %/,
      `${language}: real apostrophes, single spaces`,
    )
  }
})

t.test('CSV: one row for each figure, as RFC 4180 writes it', async (t) => {
  const report = await reportOf()
  const text = renderCsv(report)
  t.ok(text.endsWith('\r\n'))
  t.notMatch(text.replaceAll('\r\n', ''), /[\r\n]/, 'lines end with CRLF')
  const [head, ...table] = parseCsv(text)
  t.same(head, Object.keys(csvColumns))
  t.ok(table.every((row) => row.length === head!.length))
  const found = table.map((row) => Object.fromEntries(row.map((value, i) => [head![i]!, value])))
  t.match(
    found.find(({ table }) => table === 'about'),
    { measure: 'index', note: formula },
  )
  const value = (where: Record<string, string>) => {
    const matching = found.filter((row) => Object.entries(where).every(([key, text]) => row[key] === text))
    t.equal(matching.length, 1, JSON.stringify(where))
    return Number(matching[0]?.value)
  }
  if (report.total.is !== 'shown' || report.trend.is !== 'shown') throw new Error('not shown')
  t.equal(value({ table: 'total', measure: 'index' }), report.total.index)
  t.equal(value({ table: 'trend', item: 'index' }), report.trend.index.value)
  t.equal(value({ table: 'total', measure: 'share', item: 'dissatisfied' }), report.total.shares.dissatisfied)
  for (const { office, counter, result } of report.counters) {
    if (result.is === 'shown' && office && counter)
      t.equal(value({ table: 'counter', office, counter, measure: 'votes', item: '' }), result.votes)
  }
  const keys = found.map(({ value, low, high, note, ...key }) => JSON.stringify(key))
  t.equal(new Set(keys).size, keys.length, 'no figure is told twice')
  t.ok(found.every((row) => row.table === 'about' || row.note !== '' || row.value !== ''))
})

t.test('CSV and JSON of nothing', async (t) => {
  const nothing = await reportOf([])
  t.match(renderCsv(nothing), /\r\ntotal,,,,2026-03-01,2026-03-31,,,,votes,0,,,\r\n/)
  t.match(JSON.parse(renderJson(nothing)), { formula, total: { is: 'none' } })
})

t.test('bars', async (t) => {
  t.equal(bar(0, 4), '····')
  t.equal(bar(1, 4), '████')
  t.equal(bar(0.5, 4), '██··')
  t.equal(bar(0.03, 4), '▏···')
  t.equal(bar(2, 4), '████')
})
