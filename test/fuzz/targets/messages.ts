import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { Item } from '../../../src/subscriber/item.ts'
import { kinds, readMessage } from '../../../src/subscriber/messages.ts'
import { hostileMessages } from '../../fakes/hostile-messages.ts'
import { must, mustEqual, type Target } from '../engine/target.ts'
import { filesIn } from '../inputs.ts'
import { mustBeClean } from '../yaml-oracles.ts'

const root = 'faccina/1'
const place = `${root}/c_e506/anagrafe/3`

const target: Target = {
  holds:
    'a message is an item or one sentence of why not; an item fits the published schema, and written again it is the same item; nothing is polluted; what is kept of a refused one has a bound',
  covers: ['src/contract/schemas.ts', 'src/subscriber/messages.ts'],
  maxBytes: 12_000,
  words: [
    '__proto__',
    '"constructor":{"prototype":{"polluted":true}}',
    '1e999',
    '\\u0000',
    '\\ud800',
    ...kinds,
    '/',
    '-gap',
  ],
  *corpus() {
    for (const folder of ['src/contract/examples', 'test/fixtures/messages'])
      for (const payload of filesIn(folder, '.json'))
        for (const kind of kinds) {
          const said = sourceIn(payload)
          if (said.kind === undefined || said.kind === kind) yield input(`${said.place}/${kind}`, payload)
        }
    let n = 0
    for (const { topic, payload } of hostileMessages(7)) {
      if (++n > 400) break
      if (payload.length < 8_000 && topic.length < 300) yield input(topic, payload)
    }
  },
  check(bytes) {
    const lineFeed = bytes.indexOf(0x0a)
    const topic = Buffer.from(bytes.subarray(0, Math.max(0, lineFeed))).toString('utf8')
    const payload = bytes.subarray(lineFeed + 1)
    const retained = topic.startsWith('!')
    const read = (payload: Uint8Array) =>
      readMessage(root, { topic: topic.replace(/^!/, ''), payload, retained })
    const item = read(payload)
    mustBeClean()
    must(item !== undefined || payload.length === 0, 'a message that says nothing')
    if (item === undefined) return
    if (item.is === 'rejected') {
      must(item.why.length > 0 && item.why.length < 10_000, () => `a reason of ${item.why.length} characters`)
      must(item.payload.length <= 4_096 && item.payload.buffer.byteLength <= 4_096, 'too much is kept')
      return
    }
    const value = contentOf(item)
    const validate = validators.get(item.is)!
    must(validate(value), () => `the published schema refuses it: ${ajv.errorsText(validate.errors)}`)
    mustEqual(read(Buffer.from(JSON.stringify(value))), item, 'written again')
  },
}
export default target

const ajv = new Ajv2020({ strict: false, logger: false })
formats.default(ajv)
const validators = new Map(kinds.map((kind) => [kind as string, ajv.compile(schemaOf(kind))]))

function schemaOf(kind: string): object {
  const url = new URL(`../../../src/contract/schemas/${kind}.schema.json`, import.meta.url)
  return JSON.parse(readFileSync(fileURLToPath(url), 'utf8'))
}

function contentOf({ is: _, source: __, ...rest }: Item): unknown {
  return Object.values(rest)[0]
}

function input(topic: string, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${topic}\n`), payload])
}

/** Where a message comes from, as far as it says so itself. */
function sourceIn(payload: Buffer): { place: string; kind?: string } {
  const { source, type } = JSON.parse(payload.toString()) as { source?: string; type?: string }
  const kind = type?.split('.')[1]
  return { place: source ? `${root}/${source.replace('faccina://', '')}` : place, ...(kind && { kind }) }
}
