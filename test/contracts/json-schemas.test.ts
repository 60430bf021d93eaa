import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import t from 'tap'
import { examples } from './examples.ts'
import { jsonSchemas } from './json-schemas.ts'

const root = new URL('../../', import.meta.url)
const directory = 'src/contract/schemas'

t.test('the committed files are what the code makes (FACCINA_WRITE=1 writes them)', async (t) => {
  const schemas = jsonSchemas()
  for (const [path, text] of Object.entries(schemas)) {
    const file = new URL(path, root)
    if (process.env.FACCINA_WRITE === '1') {
      await mkdir(dirname(file.pathname), { recursive: true })
      await writeFile(file, text)
    }
    t.equal(await readFile(file, 'utf8'), text, path)
  }
  const found = (await readdir(new URL(directory, root))).map((name) => `${directory}/${name}`)
  t.same(found.sort(), Object.keys(schemas).sort(), 'and no others')
})

t.test('a subscriber can validate every message with the committed files', async (t) => {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true })
  formats.default(ajv)
  for (const path of Object.keys(jsonSchemas())) {
    const schema = JSON.parse(await readFile(new URL(path, root), 'utf8'))
    t.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema')
    ajv.addSchema(schema)
  }
  for (const [name, { schema, payload }] of Object.entries(await examples())) {
    const validate = ajv.getSchema(`faccina:schema/${schema}/1`)
    if (!validate) throw new Error(`no schema ${schema}`)
    const message = JSON.parse(payload)
    t.ok(validate(message), `${name}: ${ajv.errorsText(validate.errors)}`)
    t.ok(validate({ ...message, addedLater: { in: 'a newer version' } }), `${name} with a field more`)
    for (const [what, mutant] of mutants(message, schema)) t.notOk(validate(mutant), `${name}: ${what}`)
  }
  const request = ajv.getSchema('faccina:schema/request/1')
  t.ok(request?.({}))
  t.ok(request?.({ id: '42' }))
  t.notOk(request?.({ id: 42 }))
  t.notOk(request?.([]))
  t.ok(request?.({ epoch: 'k3f9x2', from: 1, to: 2 }))
  t.ok(request?.({ since: '2026-05-04T09:00:00Z', until: '2026-05-04T10:00:00Z' }))
  for (const wrong of [{ from: 0 }, { to: '2' }, { epoch: 'K' }, { since: 'yesterday' }])
    t.notOk(request?.(wrong), JSON.stringify(wrong))
  const committed = ajv.getSchema('faccina:schema/committed/1')
  t.ok(committed?.({ epoch: 'k3f9x2', sequence: 0 }))
  t.notOk(committed?.({ epoch: 'k3f9x2', sequence: -1 }))
  t.notOk(committed?.({ sequence: 1 }))
})

/** The message with each of its required fields missing, or of a wrong type; at every depth. */
function* mutants(message: object, schema: string): Generator<[string, unknown]> {
  for (const [path, value] of fieldsOf(message)) {
    yield [`${path.join('.')} of a wrong type`, changed(message, path, wrong(value))]
    const [key = '', ...above] = path.toReversed()
    const asThereAre = open.has(above.toReversed().join('.'))
    if (!optional.has(key) && !asThereAre && !(schema === 'certificate' && ofCertificates.has(key)))
      yield [`without ${path.join('.')}`, changed(message, path, undefined)]
  }
}

const optional = new Set([
  ...['reason', 'withinHours', 'will', 'oldestAgeSeconds', 'freeBytes', 'problem', 'id'],
  ...['temperatureCelsius', 'underVoltage', 'backDated', 'uncertaintySeconds', 'batch'],
  // Each language may be missing from a survey.
  ...['it', 'de', 'sl', 'fr', 'en'],
])

/** There is nothing to say of a certificate that is not there. */
const ofCertificates = new Set(['subject', 'issuer', 'fingerprint', 'notAfter', 'daysLeft', 'request'])
/** A panel has the keys and faces that it has. */
const open = new Set(['data.keys', 'data.lights'])

function* fieldsOf(value: object, path: string[] = []): Generator<[string[], unknown]> {
  for (const [key, inner] of Object.entries(value)) {
    yield [[...path, key], inner]
    if (typeof inner === 'object' && !Array.isArray(inner)) yield* fieldsOf(inner, [...path, key])
  }
}

function wrong(value: unknown): unknown {
  return typeof value === 'string' ? 7 : 'wrong'
}

function changed(message: object, [key = '', ...rest]: string[], value: unknown): object {
  const copy: Record<string, unknown> = { ...message }
  if (rest.length > 0) copy[key] = changed(copy[key] as object, rest, value)
  else if (value === undefined) delete copy[key]
  else copy[key] = value
  return copy
}
