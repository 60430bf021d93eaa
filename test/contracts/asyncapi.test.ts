import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { Parser } from '@asyncapi/parser'
import { toJsonSchema } from '@valibot/to-json-schema'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import t from 'tap'
import { stringify } from 'yaml'
import { access, accessTable, mosquittoAcl } from '../../src/contract/access.ts'
import { asyncApiDocument } from '../../src/contract/asyncapi.ts'
import { permitted } from '../../src/contract/asyncapi-messages.ts'
import { published } from '../../src/contract/schemas.ts'
import { topicsOf } from '../../src/contract/topics.ts'
import { contractExamples } from './contract-examples.ts'
import { jsonSchemas } from './json-schemas.ts'

const contract = new URL('../../src/contract/', import.meta.url)
const write = process.env.FACCINA_WRITE === '1'
type Name = keyof typeof published
const names = Object.keys(published) as Name[]

/** The schemas as they are committed, less what AsyncAPI has in another place, or in another dialect. */
function schemas(): Record<Name, Record<string, unknown>> {
  const titles = jsonSchemas()
  const schemaOf = (name: Name) => {
    const { title } = JSON.parse(titles[`src/contract/schemas/${name}.schema.json`] ?? '')
    const { $schema: _, ...schema } = toJsonSchema(published[name], {
      target: 'draft-07',
      ignoreActions: ['check'],
      overrideSchema: ({ valibotSchema, jsonSchema }) =>
        valibotSchema.type === 'record' ? jsonSchema : undefined,
    })
    return { title, ...schema }
  }
  return Object.fromEntries(names.map((name) => [name, schemaOf(name)])) as unknown as ReturnType<
    typeof schemas
  >
}

async function documentText(): Promise<string> {
  const document = asyncApiDocument({ schemas: schemas(), examples: await contractExamples() })
  const head = '# Made from src/contract/: `npm run generate`.\n'
  return head + stringify(document, { lineWidth: 110, aliasDuplicateObjects: false })
}

/** JSON for people: a list of words is a line. */
function pretty(payload: unknown): string {
  const text = JSON.stringify(payload, null, 2)
  return `${text.replace(/\[\n\s+"[^[\]{}]*\]/g, (list) => list.replace(/\s*\n\s*/g, ' ').replace(/^\[ | \]$/g, (end) => end.trim()))}\n`
}

async function same(t: Test, path: string, text: string): Promise<void> {
  const file = new URL(path, contract)
  if (write) {
    await mkdir(new URL('.', file), { recursive: true })
    await writeFile(file, text)
  }
  t.equal(await readFile(file, 'utf8').catch(() => 'not there'), text, `src/contract/${path}`)
}
type Test = typeof import('tap').t

t.test('the committed files are what the code makes (FACCINA_WRITE=1 writes them)', async (t) => {
  const test = t as Test
  await same(test, 'asyncapi.yaml', await documentText())
  const examples = await contractExamples()
  for (const { name, payload } of examples) await same(test, `examples/${name}.json`, pretty(payload))
  const found = await readdir(new URL('examples', contract))
  t.same(found.sort(), examples.map(({ name }) => `${name}.json`).sort(), 'and no other examples')
  await same(test, 'access/mosquitto.acl', mosquittoAcl())
  const readme = await readFile(new URL('access/README.md', contract), 'utf8')
  const made = readme.replace(
    /(<!-- table -->\n)[\s\S]*(<!-- end -->)/,
    (_, begin: string, end: string) => `${begin}\n${accessTable()}\n\n${end}`,
  )
  t.match(made, accessTable())
  await same(test, 'access/README.md', made)
})

t.test('the AsyncAPI parser finds nothing to say against the document', async (t) => {
  const { document, diagnostics } = await new Parser().parse(await documentText())
  // 0 is an error, 1 a warning; it would like its very latest version to be used (2).
  t.same(
    diagnostics
      .filter(({ severity }) => severity <= 1)
      .map(({ code, message, path }) => [code, message, path]),
    [],
  )
  if (!document) return t.fail('no document')
  t.equal(document.version(), '3.0.0')
  t.equal(document.channels().length, 15)
  const messages = document.components().messages().all()
  t.same(messages.map((message) => message.name()).sort(), [...names].sort())
  for (const message of messages) {
    t.ok(message.examples().length > 0, `${message.name()} has an example`)
    t.ok(message.payload(), `${message.name()} has a schema`)
  }
  const replies = document
    .operations()
    .all()
    .filter((operation) => operation.reply())
  t.same(replies.map((operation) => operation.id()).sort(), [
    'collectorSendsCommands',
    'technicianSendsCommands',
    'terminalReceivesCommands',
  ])
  t.ok(replies.every((operation) => operation.reply()?.address()?.location()?.endsWith('responseTopic')))
})

t.test('the parser would say it', async (t) => {
  const parse = async (change: (text: string) => string) => {
    const { diagnostics } = await new Parser().parse(change(await documentText()))
    return diagnostics.filter(({ severity }) => severity <= 1).length
  }
  t.equal(await parse((text) => text), 0)
  t.not(
    await parse((text) => text.replaceAll('#/components/schemas/gap', '#/no/such')),
    0,
    'a lost reference',
  )
  t.not(await parse((text) => text.replace('qos: 1', 'qos: 7')), 0, 'a binding that is not MQTT’s')
})

t.test(
  'every topic of the contract is a channel, and every operation is one that the access rules allow',
  async (t) => {
    const { document } = await new Parser().parse(await documentText())
    if (!document) return t.fail('no document')
    const addresses = document
      .channels()
      .all()
      .map((channel) => channel.address())
    const filters = Object.values(access).map(({ topic }) => topic(topicsOf('faccina/1', '+/+/+')))
    const fits = (address: string, filter: string) => {
      const [a, f] = [address.split('/'), filter.split('/')]
      return a.length === f.length && f.every((level, i) => level === a[i] || a[i]?.startsWith('{'))
    }
    for (const filter of filters)
      t.ok(
        addresses.some((address) => address && fits(address, filter)),
        filter,
      )
    for (const address of addresses.filter((each) => typeof each === 'string'))
      t.ok(
        filters.some((filter) => fits(address, filter)),
        address,
      )
    const parameters = document.channels().get('commands')?.parameters().get('command')?.json()
    t.match(parameters, { enum: permitted.command })
    const sends = document.operations().filterBySend()
    const receives = document.operations().filterByReceive()
    const count = (right: 'write' | 'read') =>
      Object.values(access).reduce((sum, rule) => sum + rule[right].length, 0)
    t.equal(sends.length, count('write') - 1, 'commands and their replay are one channel')
    const heard = Object.values(access).flatMap(({ read }) =>
      read.filter((role) => role === 'terminal' || role === 'subscriber'),
    )
    t.equal(receives.length, heard.length - 1)
  },
)

t.test('every example is what the committed schema says', async (t) => {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true })
  formats.default(ajv)
  for (const name of names)
    ajv.addSchema(JSON.parse(await readFile(new URL(`schemas/${name}.schema.json`, contract), 'utf8')))
  const shown = new Set<string>()
  for (const { name, schema } of await contractExamples()) {
    const validate = ajv.getSchema(`faccina:schema/${schema}/1`)
    if (!validate) throw new Error(`no schema ${schema}`)
    const committed = JSON.parse(await readFile(new URL(`examples/${name}.json`, contract), 'utf8'))
    t.ok(validate(committed), `${name}: ${ajv.errorsText(validate.errors)}`)
    shown.add(schema)
  }
  t.same([...shown].sort(), [...names].sort(), 'each kind of message has one')
})
