import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import t from 'tap'
import { licences } from '../../../src/subscriber/open-data/about.ts'
import { makeRelease, type Wanted } from '../../../src/subscriber/open-data/open-data.ts'
import { validateCsvw } from './csvw-validator.ts'
import { parseCsv } from './parse-csv.ts'
import { fromJsonLd, fromTurtle, Known } from './rdf.ts'
import { databaseOf, hourOf, servedOf, town } from './votes.ts'

const fixtures = new URL('../../fixtures/open-data/', import.meta.url)
const wanted: Wanted = {
  publisher: 'Comune di Esempio',
  ipa: 'c_e506',
  step: 'month',
  by: 'office',
  minimum: 10,
  language: 'it',
  licence: licences['cc-by-4.0'],
}
const today = '2026-08-03'
const variants: Record<string, Wanted> = {
  'month-office': {
    ...wanted,
    baseUrl: 'https://dati.comune.example/faccina/',
    email: 'urp@comune.example',
  },
  'week-counter': { ...wanted, step: 'week', by: 'counter', language: 'en', licence: licences['cc0-1.0'] },
}

async function release(options: Wanted) {
  const { hours, served } = town()
  return makeRelease(databaseOf(hours, served), options, today)
}

for (const [name, options] of Object.entries(variants)) {
  t.test(`the release ${name} is the golden one (FACCINA_WRITE=1 writes it)`, async (t) => {
    const { files } = await release(options)
    const folder = new URL(`${name}/`, fixtures)
    if (process.env.FACCINA_WRITE) {
      await mkdir(folder, { recursive: true })
      for (const [file, text] of Object.entries(files)) await writeFile(new URL(file, folder), text)
    }
    t.same((await readdir(folder)).sort(), Object.keys(files).sort())
    for (const [file, text] of Object.entries(files))
      t.equal(text, await readFile(new URL(file, folder), 'utf8'), file)
  })

  t.test(`the tables of ${name} are what their CSVW descriptions say`, async (t) => {
    const { files } = await release(options)
    for (const file of ['votes.csv', 'ratings.csv']) {
      const metadata = files[`${file}-metadata.json`]!
      t.same(validateCsvw(metadata, files[file]!, file), [])
      t.ok(parseCsv(files[file]!).records.length > 5)
    }
  })

  t.test(`Turtle and JSON-LD of ${name} say the same`, async (t) => {
    const { files } = await release(options)
    const triples = fromTurtle(files['dataset.ttl']!)
    t.ok(triples.length > 60)
    t.same(await fromJsonLd(files['dataset.jsonld']!), triples)
  })
}

t.test('the check of CSVW finds what is wrong', async (t) => {
  const { files } = await release(wanted)
  const metadata = files['votes.csv-metadata.json']!
  const votes = files['votes.csv']!
  const wrong = (meta: string, csv: string) => validateCsvw(meta, csv, 'votes.csv').join('; ')
  t.match(wrong(metadata, votes.replace('2026-05-31', '2026-05-32')), /period_end: "2026-05-32" is no/)
  t.match(wrong(metadata, votes.replace('published', 'maybe')), /"maybe" is no/)
  t.match(
    wrong(metadata, votes.replace('municipality,*', 'municipality,')),
    /office: a required cell is empty/,
  )
  t.match(
    wrong(metadata.replace('"und": "satisfied"', '"und": "content"'), votes),
    /no title is the heading satisfied/,
  )
  t.match(wrong(metadata.replaceAll('"nonNegativeInteger"', '"naturalNumber"'), votes), /datatype/)
  t.match(wrong(metadata.replace('"dc:publisher"', '"publisher"'), votes), /publisher is neither/)
  const [head, first] = votes.split('\r\n')
  t.match(wrong(metadata, `${head}\r\n${first}\r\n${first}\r\n`), /primary key is not unique/)
  t.throws(() => parseCsv(votes.replaceAll('\r\n', '\n')), /CR LF/)
})

t.test('what DCAT-AP_IT demands is there, once or more', async (t) => {
  const { files } = await release(variants['month-office']!)
  const known = new Known(fromTurtle(files['dataset.ttl']!))
  const base = 'https://dati.comune.example/faccina/'
  const it = 'http://dati.gov.it/onto/dcatapit#'
  const dct = 'http://purl.org/dc/terms/'
  const dcat = 'http://www.w3.org/ns/dcat#'
  const eu = 'http://publications.europa.eu/resource/authority'
  const dataset = `${base}#dataset`
  t.same(known.all(`${it}Dataset`), [dataset])
  t.same(known.of(dataset, `${dct}identifier`), ['"c_e506:faccina-month-office-10"'])
  t.match(known.of(dataset, `${dct}title`).join(), /@en.*@it/)
  t.match(known.of(dataset, `${dct}description`).join(), /@en.*@it/)
  t.same(known.of(dataset, `${dct}modified`), ['"2026-08-03"^^<http://www.w3.org/2001/XMLSchema#date>'])
  t.same(known.of(dataset, `${dcat}theme`), [`<${eu}/data-theme/GOVE>`])
  t.same(known.of(dataset, `${dct}accrualPeriodicity`), [`<${eu}/frequency/MONTHLY>`])
  t.same(known.of(dataset, `${dct}language`), [`<${eu}/language/ENG>`, `<${eu}/language/ITA>`])
  const owner = 'http://dati.gov.it/resource/Amministrazione/c_e506'
  for (const role of ['rightsHolder', 'publisher']) t.same(known.of(dataset, `${dct}${role}`), [`<${owner}>`])
  t.same(known.all(`${it}Agent`), [owner])
  t.same(known.of(owner, `${dct}identifier`), ['"c_e506"'])
  t.same(known.of(owner, 'http://xmlns.com/foaf/0.1/name'), ['"Comune di Esempio"@it'])
  const distributions = known.all(`${it}Distribution`)
  t.same(
    known.of(dataset, `${dcat}distribution`),
    distributions.map((name) => `<${name}>`),
  )
  t.equal(distributions.length, 2)
  for (const distribution of distributions) {
    const file = distribution.split('#')[1]!
    t.same(known.of(distribution, `${dct}format`), [`<${eu}/file-type/CSV>`])
    t.same(known.of(distribution, `${dcat}accessURL`), [`<${base}>`])
    t.same(known.of(distribution, `${dcat}downloadURL`), [`<${base}${file}>`])
    t.same(known.of(distribution, `${dcat}byteSize`), [
      `"${Buffer.byteLength(files[file]!)}"^^<http://www.w3.org/2001/XMLSchema#decimal>`,
    ])
    t.same(known.of(distribution, `${dct}license`), [
      '<https://w3id.org/italia/controlled-vocabulary/licences/A21_CCBY40>',
    ])
  }
  t.equal(known.all(`${it}LicenseDocument`).length, 1)
  const [period] = known.all(`${dct}PeriodOfTime`)
  t.same(known.of(dataset, `${dct}temporal`), [`<${period}>`])
  t.match(known.of(period!, `${it}startDate`), [/"2026-05-01"/])
  t.match(known.of(period!, `${it}endDate`), [/"2026-07-31"/])
  const [standard] = known.all(`${it}Standard`)
  t.same(known.of(dataset, `${dct}conformsTo`), [`<${standard}>`])
  t.equal(known.of(standard!, `${dct}identifier`).length, 1)
  const [contact] = known.all(`${it}Organization`)
  t.same(known.of(dataset, `${dcat}contactPoint`), [`<${contact}>`])
  const vcard = 'http://www.w3.org/2006/vcard/ns#'
  t.same(known.of(contact!, `${vcard}fn`), ['"Comune di Esempio"'])
  t.same(known.of(contact!, `${vcard}hasEmail`), ['<mailto:urp@comune.example>'])
})

t.test('names with quotes, backslashes and umlauts are whole in every file', async (t) => {
  const publisher = 'Comune di «Sankt Ägid» "am \\ Berg"'
  const { files } = await release({ ...wanted, publisher })
  const name = ['"Comune di «Sankt Ägid» \\"am \\\\ Berg\\""@it']
  const owner = 'http://dati.gov.it/resource/Amministrazione/c_e506'
  const foaf = 'http://xmlns.com/foaf/0.1/name'
  t.same(new Known(fromTurtle(files['dataset.ttl']!)).of(owner, foaf), name)
  t.same(new Known(await fromJsonLd(files['dataset.jsonld']!)).of(owner, foaf), name)
  t.equal(JSON.parse(files['votes.csv-metadata.json']!)['dc:publisher']['foaf:name'], publisher)
})

t.test('a period is told the same way in every release that has it', async (t) => {
  const { files: whole } = await release(wanted)
  const { files: part } = await release({ ...wanted, from: '2026-06-01', to: '2026-06-30' })
  const rows = (text: string) => text.split('\r\n').filter((line) => line.startsWith('2026-06'))
  for (const file of ['votes.csv', 'ratings.csv']) {
    t.ok(rows(part[file]!).length > 2)
    t.same(rows(part[file]!), rows(whole[file]!), file)
  }
})

t.test('votes belong to the day that the clock of the office shows', async (t) => {
  const many = [40, 30, 20]
  const hours = [
    hourOf('c_e506/a/1', '2026-05-31T21:00Z', many),
    hourOf('c_e506/a/2', '2026-05-31T22:00Z', many),
    hourOf('c_e506/a/3', '2026-05-31T22:00Z', many),
    { ...hourOf('c_e506/a/3', '2026-05-31T22:00Z', many), hour: undefined as unknown as number },
  ]
  const { files } = await makeRelease(databaseOf(hours), wanted, today)
  const totals = parseCsv(files['votes.csv']!).records.filter(({ level }) => level === 'municipality')
  t.match(totals, [
    { period_start: '2026-05-01', votes: '', status: 'suppressed' },
    { period_start: '2026-06-01', votes: '180', satisfied: '80', neutral: '60', dissatisfied: '40' },
  ])
})

t.test('index, participation and stars are those of the votes', async (t) => {
  const hours = ['1', '2', '3'].map((c) => hourOf(`c_e506/a/${c}`, '2026-05-04T08:00Z', [60, 20, 20]))
  const served = ['1', '2', '3'].map((c) => servedOf(`c_e506/a/${c}`, '2026-05-04T08:00Z', 250))
  const { files } = await makeRelease(databaseOf(hours, served), wanted, today)
  t.match(parseCsv(files['votes.csv']!).records[0], {
    votes: '300',
    index: '70.0',
    served: '750',
    participation: '40.0',
    served_status: 'published',
    reasons_status: 'suppressed',
  })
  t.match(parseCsv(files['ratings.csv']!).records[0], {
    stars_1: '60',
    stars_2: '0',
    stars_3: '60',
    stars_4: '0',
    stars_5: '180',
    mean: '3.80',
    mean_lowest: '3.20',
    mean_highest: '4.00',
  })
  const partly = await makeRelease(databaseOf(hours, served.slice(1)), wanted, today)
  t.match(parseCsv(partly.files['votes.csv']!).records[0], {
    served: '',
    participation: '',
    served_status: 'unknown',
  })
})

t.test('several municipalities are told each by itself, or one alone', async (t) => {
  const many = [40, 30, 20]
  const hours = ['c_a662', 'c_e506'].flatMap((m) =>
    ['1', '2'].map((c) => hourOf(`${m}/a/${c}`, '2026-05-04T08:00Z', many)),
  )
  const all = await makeRelease(databaseOf(hours), wanted, today)
  t.same(
    parseCsv(all.files['votes.csv']!).records.map((row) => `${row.municipality} ${row.office} ${row.votes}`),
    ['c_a662 * 180', 'c_a662 a 180', 'c_e506 * 180', 'c_e506 a 180'],
  )
  const one = await makeRelease(databaseOf(hours), { ...wanted, municipality: 'c_e506' }, today)
  t.equal(parseCsv(one.files['votes.csv']!).records.length, 2)
})
