import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { faceSvg } from '../../src/panels/faces.ts'
import type { HourCounts, Served } from '../../src/subscriber/database/database.ts'
import { SqliteDatabase } from '../../src/subscriber/database/sqlite/sqlite-database.ts'
import { figures } from '../../src/subscriber/report/figures.ts'
import { type LiveParts, renderHtml } from '../../src/subscriber/report/html/page.ts'
import { type ReportLanguage, reportLanguages } from '../../src/subscriber/report/texts/texts.ts'
import { votes } from '../subscriber/database/told.ts'
import { march, marchQuestion, municipality } from '../subscriber/report/municipality.ts'
import { launchChromium } from './chromium.ts'
import { axeFinds } from './page-checks.ts'

/** The report's page in a real browser. With `FACCINA_SHOTS=DIR` it leaves pictures and PDFs there. */

const shots = process.env.FACCINA_SHOTS
if (shots) mkdirSync(shots, { recursive: true })

t.setTimeout(300_000)
const folder = t.testdir()
execFileSync(process.execPath, [
  fileURLToPath(new URL('../../src/build.mjs', import.meta.url)),
  '--out',
  folder,
])
const style = readFileSync(join(folder, 'report.css'), 'utf8')
const browser = await launchChromium()
t.teardown(() => browser.close())

interface Data {
  rows: HourCounts[]
  served: Served[]
}

const town = march()
town.served = town.served.filter(
  ({ source, from }) => source.includes('anagrafe') && from >= Date.UTC(2026, 2, 1),
)
const land = municipality(
  Array.from({ length: 1000 }, (_, i) => ({
    municipality: `c_${'abcdefgh'[i % 8]}${100 + (i % 8)}`,
    office: `servizi-demografici-${i % 48}`,
    counter: String(i),
    busy: i === 5 ? 0.05 : 1,
    dissatisfied: i % 50 === 0 ? 0.4 : 0.15,
    neutral: 0.2,
  })),
  '2026-03-01',
  31,
)
const data: Record<string, Data> = {
  town,
  nothing: { rows: [], served: [] },
  'one vote': { rows: [{ ...town.rows.at(-1)!, votes: 1 }], served: [] },
  'one counter': {
    rows: town.rows.filter(({ source }) => source.endsWith('/anagrafe/1')),
    served: [],
  },
  'a thousand counters': land,
}

async function htmlOf({ rows, served }: Data, language: ReportLanguage, live?: LiveParts): Promise<string> {
  const report = await figures(marchQuestion, { hours: rows, served }, '2026-04-01T06:00:00.000Z')
  return renderHtml(report, { language, face: (face) => faceSvg(face), style, ...(live && { live }) })
}

/** Shows a page from a file, as whoever got it by mail does. */
async function open(
  t: Pick<Test, 'teardown'>,
  html: string,
  width = 1280,
): Promise<{ page: Page; errors: string[] }> {
  const file = join(folder, `page-${width}-${html.length}.html`)
  writeFileSync(file, html)
  const page = await browser.newPage({ viewport: { width, height: 900 } })
  t.teardown(() => page.close())
  const errors: string[] = []
  page.on('console', (message) => errors.push(message.text()))
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) errors.push(`asked for ${request.url()}`)
  })
  await page.goto(pathToFileURL(file).href)
  await page.evaluate(() => document.fonts.ready)
  return { page, errors }
}

/** Runs in the page: what is wider than the window, and text that its own box cuts off. */
function tooWide(): string[] {
  const found: string[] = []
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways')
  for (const element of document.querySelectorAll('main *, header *, footer *')) {
    if (element.closest('.scroll, .unseen, .skip')) continue
    const box = element.getBoundingClientRect()
    // Tables scroll in a box of their own.
    if (box.width > 0 && (box.left < -1 || box.right > innerWidth + 1))
      found.push(`${element.tagName} ${element.textContent?.trim().slice(0, 40)}`)
  }
  return found
}

/** Runs in the page: texts of charts that overlap each other. */
function overlappingTexts(): string[] {
  const found: string[] = []
  for (const chart of document.querySelectorAll('svg.chart')) {
    const texts = [...chart.querySelectorAll('text')]
      .map((text) => ({ text: text.textContent ?? '', box: text.getBoundingClientRect() }))
      .filter(({ text, box }) => text.trim() !== '' && box.width > 0)
    for (const [i, { text, box: a }] of texts.entries()) {
      for (const { text: other, box: b } of texts.slice(i + 1)) {
        const [x, y] = [
          Math.min(a.right, b.right) - Math.max(a.left, b.left),
          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top),
        ]
        if (x > 1 && y > Math.min(a.height, b.height) * 0.35) found.push(`${text} / ${other}`)
      }
      const frame = chart.getBoundingClientRect()
      if (a.left < frame.left - 1 || a.right > frame.right + 1) found.push(`${text} is cut off`)
    }
  }
  return found
}

for (const language of reportLanguages) {
  for (const [name, rows] of Object.entries(data)) {
    t.test(`${name}, ${language}: reads well at every width`, async (t) => {
      const html = await htmlOf(rows, language)
      t.ok(html.length < 500_000, `${Math.round(html.length / 1024)} KiB`)
      for (const width of [360, 768, 1280]) {
        const { page, errors } = await open(t, html, width)
        t.same(await page.evaluate(tooWide), [], `${width} px: nothing is too wide`)
        t.same(await page.evaluate(overlappingTexts), [], `${width} px: no text lies on another`)
        t.same(errors, [], 'it asks for nothing, and its policy forbids nothing of its own')
        if (shots)
          await page.screenshot({ path: `${shots}/${name}-${language}-${width}.png`, fullPage: true })
        for (const summary of await page.locator('summary').all()) await summary.click()
        t.same(await page.evaluate(tooWide), [], `${width} px: nor with the tables open`)
        t.same(await axeFinds(page), [], `${width} px: axe-core finds nothing`)
      }
    })
  }
}

t.test('the fonts are in the page, for each weight', async (t) => {
  const { page } = await open(t, await htmlOf(town, 'it'))
  const loaded = await page.evaluate(() =>
    [...document.fonts].filter(({ status }) => status === 'loaded').map(({ weight }) => weight),
  )
  t.same([...new Set(loaded)].sort(), ['400', '600', '700'])
})

t.test('each chart has a name and a table', async (t) => {
  const { page } = await open(t, await htmlOf(town, 'en'))
  const charts = await page.getByRole('img').all()
  const names = await Promise.all(charts.map((chart) => chart.getAttribute('aria-label')))
  t.equal(names.length, 7, 'shares, reasons, hours, trend, offices, counters, critical areas')
  t.equal(
    new Set(names.filter(Boolean)).size,
    6,
    'offices and counters are the same picture of different things',
  )
  for (const summary of await page.locator('summary').all()) await summary.click()
  const tables = await page.getByRole('table').all()
  t.equal(tables.length, 8, 'the shares are a list; comparison, endings and critical areas have a table, too')
  t.equal(await page.getByRole('heading', { level: 1 }).count(), 1)
  t.same(
    await Promise.all(
      ['banner', 'main', 'contentinfo'].map((role) => page.getByRole(role as 'main').count()),
    ),
    [1, 1, 1],
  )
})

t.test('on paper: A4, few pages, dark on white', async (t) => {
  for (const [name, least, most] of [
    ['town', 3, 5],
    ['nothing', 1, 1],
    ['a thousand counters', 5, 8],
  ] as const) {
    const { page } = await open(t, await htmlOf(data[name]!, 'it'))
    const pdf = await page.pdf({ preferCSSPageSize: true })
    if (shots) writeFileSync(`${shots}/${name}.pdf`, pdf)
    const text = pdf.toString('latin1')
    const pages = text.match(/\/Type\s*\/Page\b/g)?.length ?? 0
    t.ok(pages >= least && pages <= most, `${name}: ${pages} pages`)
    t.match(text, /\/MediaBox\s*\[0 0 59[45]\.\d+ 84[12]\.\d+\]/, 'A4')
    await page.emulateMedia({ media: 'print' })
    const ground = await page.evaluate(
      () => getComputedStyle(document.querySelector('header')!).backgroundColor,
    )
    t.equal(ground, 'rgba(0, 0, 0, 0)', 'no ink for the ground of the title')
  }
})

t.test('a live page has a place for health and alerts, and its own script alone', async (t) => {
  const live = {
    navigation: '<nav aria-label="Periods"><a href="?days=7">7 days</a></nav>',
    health: '<ul id="terminals"><li>anagrafe/1: online</li></ul>',
    alerts: '<p>none</p>',
    script: `document.querySelector('#terminals').dataset.seen = 'yes'`,
  }
  const html = await htmlOf(town, 'en', live)
  const { page, errors } = await open(t, html)
  t.equal(await page.locator('#terminals').getAttribute('data-seen'), 'yes', 'the script ran')
  t.same(await axeFinds(page), [])
  t.same(errors, [])
  const injected = html.replace('<p>none</p>', '<p>none</p><script>document.title = "mine"</script>')
  const other = await open(t, injected)
  t.notMatch(await other.page.title(), /mine/, 'no other script runs')
  t.match(other.errors.join(' '), /Content Security Policy/)
  t.notMatch(await htmlOf(town, 'en'), /<script/, 'a page that is no live one has none')
})

t.test('the built program makes the page out of a database', async (t) => {
  const file = join(folder, 'votes.db')
  {
    await using database = await SqliteDatabase.open(file)
    await database.store(votes(1, 600), Date.UTC(2026, 5, 1))
  }
  const output = join(folder, 'report.html')
  execFileSync(process.execPath, [
    ...[
      join(folder, 'faccina.js'),
      'report',
      '--database',
      file,
      '--from',
      '2026-05-01',
      '--to',
      '2026-05-31',
    ],
    ...['--format', 'html', '--language', 'it', '--output', output],
  ])
  const { page, errors } = await open(t, readFileSync(output, 'utf8'))
  t.match(await page.title(), 'Rapporto sulla soddisfazione · 1–31 maggio 2026 · tutti i comuni')
  t.match(await page.locator('.index').textContent(), /su 100/)
  t.match(await page.locator('#method').textContent(), /Voti di ora ignota[^:]*: 54\./)
  t.same(errors, [])
})
