import { readFile, writeFile } from 'node:fs/promises'
import { toJsonSchema } from '@valibot/to-json-schema'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import t from 'tap'
import type { HourCounts, Served } from '../../../src/subscriber/database/database.ts'
import { figures } from '../../../src/subscriber/report/figures.ts'
import { renderJson } from '../../../src/subscriber/report/json.ts'
import { reportSchema } from '../../../src/subscriber/report/report.ts'
import { march, marchQuestion } from './municipality.ts'

const file = new URL('../../../src/subscriber/report/report-schema.generated.json', import.meta.url)

function schemaText(): string {
  const { $schema, ...schema } = toJsonSchema(reportSchema, { target: 'draft-2020-12' })
  const head = { $schema, $id: 'faccina:schema/report/1', title: 'A satisfaction report' }
  return `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`
}

t.test('the committed schema is what the code makes (FACCINA_WRITE=1 writes it)', async (t) => {
  if (process.env.FACCINA_WRITE === '1') await writeFile(file, schemaText())
  t.equal(await readFile(file, 'utf8'), schemaText())
})

t.test('every report is as the committed schema says', async (t) => {
  const ajv = new Ajv2020({ allErrors: true, strict: true })
  formats.default(ajv)
  const validate = ajv.compile(JSON.parse(await readFile(file, 'utf8')))
  const { rows, served } = march()
  const one = rows.filter(({ source }) => source.endsWith('urp/1'))
  const { hour: _, ...unknown } = rows[0]!
  const inMarch = served.filter(({ from }) => from >= Date.UTC(2026, 2, 1))
  const cases: Record<string, [HourCounts[], Served[]]> = {
    'a town': [[...rows, unknown], inMarch],
    nothing: [[], []],
    'one hour': [rows.slice(-1), inMarch.slice(0, 1)],
    'one counter': [one, []],
  }
  for (const [name, [hours, served]] of Object.entries(cases)) {
    const report = JSON.parse(
      renderJson(await figures(marchQuestion, { hours, served }, '2026-04-01T06:00:00.000Z')),
    )
    t.ok(validate(report), `${name}: ${ajv.errorsText(validate.errors)}`)
    t.ok(validate({ ...report, addedLater: 1 }), `${name}, and a field of a newer version`)
    t.notOk(validate({ ...report, total: { is: 'shown' } }), 'figures are missing')
    t.notOk(validate({ ...report, made: 'yesterday' }), 'no time')
    t.notOk(validate({ ...report, formula: undefined, minimum: 0.5 }), 'no whole number')
  }
})
