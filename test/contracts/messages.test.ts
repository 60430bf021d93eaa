import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { CloudEvent, HTTP } from 'cloudevents'
import t from 'tap'
import * as v from 'valibot'
import { published } from '../../src/contract/schemas.ts'
import { examples } from './examples.ts'
import { readmeCode } from './readme-code.ts'

const fixtures = new URL('../fixtures/messages/', import.meta.url)

t.test('every message keeps its bytes for ever', async (t) => {
  const all = await examples()
  await mkdir(fixtures, { recursive: true })
  for (const [name, { payload }] of Object.entries(all)) {
    const file = new URL(`${name}.json`, fixtures)
    // A new message is written once; one that is there is never written again.
    if (process.env.FACCINA_WRITE === '1') await writeFile(file, payload, { flag: 'wx' }).catch(() => {})
    t.equal(await readFile(file, 'utf8'), payload, name)
  }
  const names = (await readdir(fixtures)).map((file) => file.replace('.json', ''))
  t.same(names.sort(), Object.keys(all).sort())
})

t.test('every message is what its schema says, and nothing more', async (t) => {
  for (const [name, { schema, payload }] of Object.entries(await examples())) {
    const message = JSON.parse(payload)
    const parsed = v.safeParse(published[schema], message)
    t.ok(parsed.success, name)
    t.strictSame(parsed.output, message, `${name}: no field that the schema does not know`)
  }
})

t.test('events are CloudEvents', async (t) => {
  for (const [name, { schema, payload }] of Object.entries(await examples())) {
    if (!['vote', 'gap', 'summary', 'commissioning'].includes(schema)) continue
    const message = JSON.parse(payload)
    const event = new CloudEvent(message, true)
    t.ok(event.validate(), name)
    t.same(JSON.parse(JSON.stringify(event)), message, `${name}: nothing is lost in it`)
    const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8' }
    const received = HTTP.toEvent({ headers, body: payload })
    if (!(received instanceof CloudEvent)) throw new Error('not one event')
    t.ok(received.validate())
    t.match(received, { id: message.id, source: message.source, type: message.type, data: message.data })
  }
})

t.test('names and numbers that subscribers rely on', async (t) => {
  const all = await examples()
  const vote = JSON.parse(all['vote-selected']?.payload ?? '')
  t.match(vote, {
    id: 'k3f9x2-000000004711',
    source: 'faccina://c_e506/anagrafe/3',
    subject: 'anagrafe',
    sequence: '000000004711',
    time: '2026-05-04T09:10:00.123Z',
    recordedtime: '2026-05-04T09:10:17.020Z',
    data: { sequence: 4711, clock: 'synchronised' },
  })
  const ids = Object.values(all).flatMap(({ payload }) => JSON.parse(payload).id ?? [])
  t.equal(new Set(ids).size, ids.length, 'an id is never used twice, not even by a gap')
  for (const name of Object.keys(JSON.parse(all['vote-selected']?.payload ?? '')))
    t.match(name, /^[a-z0-9]{1,20}$/, 'an attribute of a CloudEvent')
})

t.test('the signature of a record is verified with the code of the README', async (t) => {
  const { isGenuine } = await readmeCode()
  const event = JSON.parse((await examples()).commissioning?.payload ?? '')
  t.ok(isGenuine(event))
  // Whoever stores it may order it anew.
  t.ok(isGenuine(Object.fromEntries(Object.entries(event).toReversed())))
  t.notOk(isGenuine({ ...event, source: 'faccina://c_e506/anagrafe/4' }))
  t.notOk(isGenuine({ ...event, data: { ...event.data, result: 'passed' } }))
})
