import { readdir, readFile } from 'node:fs/promises'
import t from 'tap'
import { readMessage } from '../../src/subscriber/messages.ts'
import { bytes, someSource, someVote, topicOf } from '../fakes/told-votes.ts'

const fixtures = new URL('../fixtures/messages/', import.meta.url)

function read(topic: string, message: unknown, retained = false) {
  return readMessage('faccina/1', {
    topic,
    payload: message instanceof Uint8Array ? message : bytes(message),
    retained,
  })
}

function whyNot(topic: string, message: unknown, retained = false): string {
  const item = read(topic, message, retained)
  return item?.is === 'rejected' ? item.why : `taken: ${JSON.stringify(item)}`
}

t.test('every message that a terminal ever sent is read', async (t) => {
  for (const file of await readdir(fixtures)) {
    const kind = file.split(/[-.]/)[0]!
    // These are for whoever asked, and for whoever signs certificates.
    if (kind === 'reply' || kind === 'certificate') continue
    const message = JSON.parse(await readFile(new URL(file, fixtures), 'utf8'))
    const item = read(topicOf(kind), message, !['vote', 'gap', 'summary'].includes(kind))
    t.match(item, { is: kind, source: someSource }, file)
    const [, said] = Object.entries(item ?? {}).find(([name]) => name !== 'is' && name !== 'source') ?? []
    t.strictSame(said, message, `${file}: nothing is lost`)
  }
})

t.test('what contradicts itself or the contract is rejected, and says where', async (t) => {
  const vote = someVote(7)
  const changed = (changes: object) => ({ ...vote, ...changes })
  const data = (changes: object) => ({ ...vote, data: { ...vote.data, ...changes } })
  const cases: [string, unknown, RegExp][] = [
    [
      topicOf('vote', 'faccina://c_e506/anagrafe/4'),
      vote,
      /^source: found .*\/3; allowed on this topic is .*\/4$/,
    ],
    [topicOf('vote'), changed({ sequence: '000000000008' }), /^sequence: found 000000000008; data says 7$/],
    [topicOf('vote'), changed({ id: 'zzzzzz-000000000007' }), /^id: found zzzzzz/],
    [topicOf('vote'), changed({ time: '2026-02-31T25:00:00.000Z' }), /^time: /],
    [
      topicOf('vote'),
      changed({ type: 'faccina.vote.v2' }),
      /^type: found "faccina\.vote\.v2"; allowed is "faccina\.vote\.v1"$/,
    ],
    [topicOf('vote'), data({ face: 'furious' }), /^data\.face: found "furious"; allowed is \(?"satisfied"/],
    [topicOf('vote'), data({ sequence: 2 ** 53 }), /^data\.sequence|^sequence/],
    [topicOf('vote'), data({ sequence: 0 }), /^data\.sequence: found 0/],
    [topicOf('vote'), data({ epoch: undefined }), /^data\.epoch: missing$/],
    [topicOf('vote'), '[]', /^specversion: missing$/],
    [topicOf('vote'), '7', /^payload: found 7; allowed is Object$/],
    [topicOf('vote'), '', /^payload: found nothing/],
    [topicOf('vote'), 'x'.repeat(8_193), /^payload: found 8193 bytes; allowed are 8192$/],
    [topicOf('vote'), Uint8Array.of(0xc3, 0x28), /^payload: found no UTF-8/],
    [topicOf('vote'), '{"a":', /^payload: found no JSON/],
    ['faccina/1/c_e506/anagrafe/3/ballot', vote, /^topic: no such one/],
    ['faccina/1/c_e506/anagrafe/3/vote/more', vote, /^topic: no such one/],
    ['faccina/2/c_e506/anagrafe/3/vote', vote, /^topic: no such one/],
    ['faccina/1/C E/anagrafe/3/vote', vote, /^topic: each level/],
    [topicOf('gap'), await fixture('gap.json', { from: 9, to: 8 }), /./],
    [
      topicOf('served'),
      { from: '2026-05-04T10:00:00Z', to: '2026-05-04T10:00:00Z', served: 3 },
      /^to: found/,
    ],
    [
      topicOf('served'),
      { from: '2026-05-04T10:00:00Z', to: '2026-05-04T11:00:00Z', served: -3 },
      /^served: found -3/,
    ],
  ]
  for (const [topic, message, why] of cases) t.match(whyNot(topic, message), why, `${topic} ${why}`)
  t.match(whyNot(topicOf('vote'), vote, true), /^retained: a vote never is$/)
  t.equal(read(topicOf('state'), '', true), undefined, 'a retained message that was taken away')
})

t.test('fields that a newer version added pass; __proto__ is only a key', async (t) => {
  const added = `{"__proto__": {"polluted": true}, ${JSON.stringify({ ...someVote(1), addedLater: [1] }).slice(1)}`
  t.match(read(topicOf('vote'), added), { is: 'vote' })
  t.notOk('polluted' in {})
})

t.test('what is kept of a rejected message is bounded', async (t) => {
  const item = read(topicOf('vote'), 'y'.repeat(100_000))
  t.equal(item?.is === 'rejected' && item.payload.length, 4_096)
  const large = read(topicOf('vote'), Buffer.alloc(1_000_000))
  t.equal(large?.is === 'rejected' && large.payload.buffer.byteLength, 4_096)
  const long = whyNot(topicOf('vote'), { ...someVote(1), type: 'z'.repeat(5_000) })
  t.ok(long.length < 600, `${long.length} characters`)
})

async function fixture(file: string, changes: object): Promise<unknown> {
  const event = JSON.parse(await readFile(new URL(file, fixtures), 'utf8'))
  return { ...event, data: { ...event.data, ...changes } }
}
