import { readFile, writeFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { parse } from 'yaml'
import { describedSettings, leavesOf, nameOf } from '../../src/settings/describe.ts'
import { generatedFiles } from '../../src/settings/generated.ts'
import {
  parseSettings,
  type Settings,
  settingsExample,
  settingsJsonSchema,
  settingsReference,
} from '../../src/settings/index.ts'
import { smallest } from './files.ts'

const root = new URL('../../', import.meta.url)
const ajv = new Ajv2020({ allowUnionTypes: true })
const accepts = ajv.compile(settingsJsonSchema())
const settings = (text: string): Settings => {
  const parsed = parseSettings(text, 'example')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.settings
}
/** The example with its lines switched on, as its head says. */
const switchedOn = (except: RegExp) =>
  settingsExample()
    .split('\n')
    .map((line) => (except.test(line) ? line : line.replace(/^( *)#(?=\S)/, '$1')))
    .join('\n')

t.test('the committed files are up to date (FACCINA_WRITE=1 writes them)', async (t) => {
  for (const [path, content] of Object.entries(generatedFiles())) {
    if (process.env.FACCINA_WRITE) await writeFile(new URL(path, root), content)
    t.equal(await readFile(new URL(path, root), 'utf8'), content, path)
  }
})

t.test('the example is the smallest file with a broker', async (t) => {
  t.strictSame(
    settings(settingsExample()),
    settings(`${smallest}broker:\n  url: mqtts://broker.comune.example:8883\n`),
  )
  t.ok(accepts(parse(settingsExample())))
})

t.test('each line of the example can be switched on, and shows the default where there is one', async (t) => {
  const full = settings(switchedOn(/#passwordFile:/))
  const { hours, panel, parts, broker, lights, ...rest } = full
  const { hours: _, panel: __, parts: ___, broker: ____, lights: _____, ...standard } = settings(smallest)
  t.strictSame(rest, standard)
  t.match(
    { hours, panel, parts, broker, lights },
    {
      hours: { outside: 'closed' },
      panel: 'arcade-linux',
      parts: { keys: 'encoder-usb', lights: 'faces-only', display: 'nextion' },
      broker: { password: 'change me' },
      lights: { brightnessPercent: 100, night: { from: 1200, to: 420 }, nightPercent: 30 },
    },
  )
  t.strictSame(settings(switchedOn(/#password:/)).broker.passwordFile, '/etc/faccina/broker-password')
  t.ok(accepts(parse(switchedOn(/#password:/))), JSON.stringify(accepts.errors))
})

t.test('reference, example and JSON Schema know every key', async (t) => {
  const texts = [settingsReference(), settingsExample(), JSON.stringify(settingsJsonSchema())]
  for (const leaf of leavesOf(describedSettings())) {
    t.match(texts[0], `| \`${nameOf(leaf)}\` |`)
    t.match(texts[1], new RegExp(`^ *#?${leaf.path.at(-1)}: `, 'm'))
    t.match(texts[2], `"${leaf.path.at(-1)}":{`)
    t.ok(leaf.about.title, nameOf(leaf))
  }
})

t.test('the JSON Schema takes what the program takes', async (t) => {
  for (const line of [
    'log:',
    'asks: []',
    'hours: {week: {monday: [20:00-24:00], sunday: }}',
    'broker: {username: 12}',
  ])
    t.ok(accepts(parse(`${smallest}${line}\n`)), `${line} ${JSON.stringify(accepts.errors)}`)
  t.ok(accepts(parse('terminal: {municipality: c_e506, office: 12, counter: 3}')))
  t.notOk(accepts(parse('terminal: {municipality: C_E506, office: a, counter: 3}')))
  t.notOk(accepts(parse('log: {}')))
})
