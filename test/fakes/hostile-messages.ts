import { topicsOf } from '../../src/contract/topics.ts'
import { allOf } from '../../src/subscriber/simulate/merge.ts'
import { municipality } from '../../src/subscriber/simulate/municipality.ts'
import { Random } from '../../src/subscriber/simulate/random.ts'
import { messageOf } from '../../src/subscriber/simulate/said.ts'

/** A message that somebody sends who means no good, or whose program is broken. */
export interface Hostile {
  topic: string
  payload: Uint8Array
  /** As the one who publishes it says. */
  retain: boolean
  /** The last word of the topic it was made for. */
  kind: Kind
  /** What was done to a good message. */
  done: string
  /**
   * What a reader of its topic has to make of it: `reject`, or take it as `valid`; `either` where the contract
   * leaves it open (a limit of size, a contradiction that no schema can see).
   */
  verdict: Verdict
}

type Verdict = 'valid' | 'reject' | 'either'

const kinds = [
  ...['vote', 'gap', 'summary', 'totals', 'state', 'health', 'survey', 'served'],
  ...['committed', 'command/replay', 'command/replay/reply', 'alert/silent'],
] as const
type Kind =
  | 'vote'
  | 'gap'
  | 'summary'
  | 'totals'
  | 'state'
  | 'health'
  | 'survey'
  | 'commissioning'
  | 'served'
  | 'committed'
  | 'command/replay'
  | 'command/replay/reply'
  | 'alert/silent'

interface Good {
  kind: Kind
  topic: string
  text: string
  json: Json
  /** Every field, at every depth. */
  paths: Path[]
  retain: boolean
}

type Result = Partial<Pick<Hostile, 'topic' | 'retain'>> & {
  payload: string | Uint8Array
  verdict: Verdict
  done: string
}
/** Undefined where it cannot be done to this message. */
type Mutation = (good: Good, random: Random) => Result | undefined

type Json = Record<string, unknown>
type Path = (string | number)[]

const root = 'faccina/1'
const encoder = new TextEncoder()
const mebibyte = 1_048_576

/** For ever, each from a good message; the same seed gives the same ones. */
export function* hostileMessages(seed: number): Generator<Hostile, never, undefined> {
  const random = new Random(seed, 8)
  const good = goodMessages(seed)
  for (;;) {
    // What matters most comes most.
    const kind = random.chance(0.4) ? 'vote' : (random.pick(kinds) as Kind)
    const one = random.pick(good.get(kind)!)
    const mutation = random.chance(0.01) ? random.pick(large) : random.pick(small)
    const result = mutation(one, random)
    if (!result) continue
    const { payload, ...rest } = result
    const bytes = typeof payload === 'string' ? encoder.encode(payload) : payload
    yield { topic: one.topic, retain: one.retain, kind: one.kind, ...rest, payload: bytes }
  }
}

/** Some good messages of every topic. */
function goodMessages(seed: number): Map<Kind, Good[]> {
  const all = new Map<Kind, Good[]>(kinds.map((kind) => [kind as Kind, []]))
  const town = municipality({ name: 'c_e506', terminals: 24, days: 10, from: '2026-05-04', seed })
  for (const { said } of allOf(town)) {
    const known = all.get(said.item.is)!
    if (known.length >= 60) continue
    const { topic, payload, retain } = messageOf(root, said.item)
    known.push(goodOf(said.item.is, topic, payload, retain))
  }
  const topics = topicsOf(root, town.terminals[0]!.source)
  const others: [Kind, object, boolean][] = [
    ['committed', { epoch: 'k3f9x2', sequence: 12 }, true],
    ['command/replay', { id: '42', epoch: 'k3f9x2', from: 1, to: 9 }, false],
    [
      'command/replay/reply',
      { command: 'replay', id: '42', ok: true, epoch: 'k3f9x2', from: 1, to: 9, votes: 9 },
      false,
    ],
    [
      'alert/silent',
      { alert: 'silent', raised: true, since: '2026-05-04T09:10:00.000Z', says: 'nothing for 30 minutes' },
      true,
    ],
  ]
  for (const [kind, message, retain] of others) {
    const topic = topics.vote.replace(/vote$/, kind)
    all.set(kind, [goodOf(kind, topic, JSON.stringify(message), retain)])
  }
  return all
}

function goodOf(kind: Kind, topic: string, text: string, retain: boolean): Good {
  const json = JSON.parse(text) as Json
  return { kind, topic, text, json, paths: pathsOf(json), retain }
}

/** What may be missing from a message. */
const optional: ReadonlySet<string> = new Set([
  ...['reason', 'withinHours', 'will', 'oldestAgeSeconds', 'freeBytes', 'problem', 'id', 'from', 'to'],
  ...['temperatureCelsius', 'underVoltage', 'backDated', 'uncertaintySeconds', 'batch', 'epoch', 'votes'],
  ...['it', 'de', 'sl', 'fr', 'en'],
])

/** Every field, at every depth. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, Array.isArray(value) ? Number(key) : key]
    return [at, ...pathsOf(inner, at)]
  })
}

function valueAt(json: Json, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Json)[key], json)
}

/** The message with another value at a place; undefined takes it away. */
function changed(json: Json, path: Path, value: unknown): string {
  const copy = JSON.parse(JSON.stringify(json)) as Json
  const inner = valueAt(copy, path.slice(0, -1)) as Json
  const key = path.at(-1)!
  if (value === undefined) delete inner[key]
  else inner[key] = value
  return JSON.stringify(copy)
}

const isEvent = ({ kind }: Good) => kind === 'vote' || kind === 'gap' || kind === 'summary'
const parsed = ({ json }: Good) => json
const nameOf = (path: Path) => path.join('.')
const isRange = ({ kind }: Good) => kind === 'gap' || kind === 'summary'

function wrongType(value: unknown, random: Random): unknown {
  const others = [7, 'wrong', true, {}, [], [[]]].filter((other) => kindOf(other) !== kindOf(value))
  return random.pick(others)
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value
}

/** Text in which a number stands that JSON.stringify would not write. */
function withNumber(good: Good, name: string, number: string): string | undefined {
  const pattern = new RegExp(`"${name}":\\d+`)
  return pattern.test(good.text) ? good.text.replace(pattern, `"${name}":${number}`) : undefined
}

/** Replaces whole fields of an event. */
function event(good: Good, fields: Json, data: Json = {}): string {
  const json = parsed(good)
  return JSON.stringify({ ...json, ...fields, data: { ...(json.data as Json), ...data } })
}

const small: Mutation[] = [
  ({ text }) => ({ done: 'nothing', payload: text, verdict: 'valid' }),
  (good, random) => {
    const path = random.pick(good.paths)
    const value = wrongType(valueAt(parsed(good), path), random)
    const done = `${nameOf(path)}: ${JSON.stringify(value)}, a wrong type`
    return { done, payload: changed(parsed(good), path, value), verdict: 'reject' }
  },
  (good, random) => {
    const path = random.pick(good.paths)
    return { done: `${nameOf(path)}: null`, payload: changed(parsed(good), path, null), verdict: 'reject' }
  },
  (good, random) => {
    const path = random.pick(good.paths.filter((path) => typeof path.at(-1) === 'string'))
    const key = String(path.at(-1))
    // The same name is needed in one place and not in another.
    const open = optional.has(key) && !(isRange(good) && path.length === 2)
    const verdict = open ? 'either' : 'reject'
    return { done: `without ${nameOf(path)}`, payload: changed(parsed(good), path, undefined), verdict }
  },
  (good, random) => {
    const name = random.pick(['added', 'x', 'data2', 'toString', 'constructor', 'hasOwnProperty'])
    const payload = JSON.stringify({ ...parsed(good), [name]: random.pick([1, 'text', null, {}, [1]]) })
    return { done: `a field more: ${name}`, payload, verdict: 'valid' }
  },
  (good, random) => ({
    done: 'fields in another order',
    payload: JSON.stringify(Object.fromEntries(random.shuffled(Object.entries(parsed(good))))),
    verdict: 'valid',
  }),
  ({ text }, random) => ({
    done: 'with white space',
    payload: `${' '.repeat(random.whole(0, 9))}${text}\n\r\t `,
    verdict: 'valid',
  }),
  (good) => ({
    done: '__proto__ as a field',
    payload: good.text.replace('{', '{"__proto__":{"polluted":true,"isAdmin":1},'),
    verdict: 'valid',
  }),
  (good) => ({
    done: 'constructor.prototype as a field',
    payload: good.text.replace('{', '{"constructor":{"prototype":{"polluted":true}},'),
    verdict: 'valid',
  }),
  (good) => ({
    done: 'everything inside __proto__',
    payload: `{"__proto__":${good.text}}`,
    verdict: good.kind === 'command/replay' ? 'either' : 'reject',
  }),
  (good, random) => {
    const [key] = random.pick(Object.entries(parsed(good)).filter(([, value]) => typeof value === 'string'))
    return {
      done: `${key} twice, first wrong`,
      payload: good.text.replace('{', `{"${key}":7,`),
      verdict: 'valid',
    }
  },
  (good, random) => {
    const [key] = random.pick(Object.entries(parsed(good)).filter(([, value]) => typeof value === 'string'))
    const payload = good.text.replace(/\}$/, `,"${key}":7}`)
    return { done: `${key} twice, then wrong`, payload, verdict: 'reject' }
  },
  ({ text }, random) => {
    const length = random.whole(1, encoder.encode(text).length - 1)
    return { done: `cut off at ${length}`, payload: encoder.encode(text).slice(0, length), verdict: 'reject' }
  },
  ({ text }, random) => {
    const bytes = encoder.encode(text)
    bytes[random.whole(0, bytes.length - 1)] = random.pick([0xff, 0xc0, 0xfe])
    return { done: 'a byte that is no UTF-8', payload: bytes, verdict: 'reject' }
  },
  ({ text }) => ({ done: 'half a character', payload: surrogate(text), verdict: 'reject' }),
  ({ text }) => ({ done: 'UTF-16', payload: Buffer.from(text, 'utf16le'), verdict: 'reject' }),
  ({ text }) => ({ done: 'a byte order mark in front', payload: `\ufeff${text}`, verdict: 'either' }),
  ({ text }, random) => {
    const at = random.whole(0, text.length)
    return { done: 'a NUL in it', payload: `${text.slice(0, at)}\0${text.slice(at)}`, verdict: 'reject' }
  },
  (_, random) => {
    const bytes = Uint8Array.from({ length: random.whole(1, 400) }, () => random.whole(0, 255))
    return { done: 'noise', payload: bytes, verdict: 'reject' }
  },
  (_, random) => {
    const payload = random.pick(['7', '"text"', 'null', 'true', '[]', '[{}]', '""', '1e400', '-0', '[null]'])
    return { done: `no object: ${payload}`, payload, verdict: 'reject' }
  },
  ({ kind }) => ({
    done: 'an empty object',
    payload: '{}',
    verdict: kind === 'command/replay' ? 'either' : 'reject',
  }),
  (good, random) => {
    const broken = [
      good.text.replace(/\}$/, ',}'),
      good.text.replaceAll('"', "'"),
      `${good.text}//`,
      `${good.text}${good.text}`,
      good.text.replace(':', ':undefined,'),
      `callback(${good.text})`,
      good.text.replace('{', '{"n":007,'),
      good.text.replace('{', '{"n":NaN,'),
      good.text.replace('{', '{"n":Infinity,'),
      good.text.replace('{', '{"n":0x10,'),
      good.text.replace('{', '{"n":"\\x41",'),
    ]
    return { done: 'nearly JSON', payload: random.pick(broken), verdict: 'reject' }
  },
  (good) => ({
    done: 'no message at all',
    payload: '',
    // An empty retained message takes away the one before; an empty request asks for what is usual.
    verdict: good.retain || good.kind === 'command/replay' ? 'either' : 'reject',
  }),
  (good, random) => {
    const number = random.pick(['1e999', '-1', '1.5', '-1e-7', '9007199254740993.5'])
    const name = random.pick(['sequence', 'suppressed', 'votes', 'boot', 'served', 'from', 'to', 'satisfied'])
    const payload = withNumber(good, name, number)
    // An even half is lost on a double so large.
    const verdict = number.startsWith('9007') ? 'either' : 'reject'
    return payload === undefined ? undefined : { done: `${name}: ${number}`, payload, verdict }
  },
  (good, random) => {
    const number = random.pick(['9007199254740992', '9007199254740993', '1000000000000', '1e15', '1e308'])
    if (!['vote', 'totals', 'committed'].includes(good.kind)) return undefined
    const payload = withNumber(good, 'sequence', number)
    return payload === undefined ? undefined : { done: `sequence: ${number}`, payload, verdict: 'reject' }
  },
  (good) => {
    const payload = withNumber(good, 'sequence', '0')
    if (payload === undefined || good.kind !== 'vote') return undefined
    return { done: 'sequence: 0', payload, verdict: 'reject' }
  },
  (good) => {
    const [, number] = /"suppressed":(\d+)/.exec(good.text) ?? []
    if (number === undefined) return undefined
    const payload = withNumber(good, 'suppressed', `${number}.0e0`)
    return payload === undefined
      ? undefined
      : { done: 'a whole number, oddly written', payload, verdict: 'valid' }
  },
  (good, random) => {
    const payload = withNumber(good, 'suppressed', random.pick(['9007199254740992', '1e300', '4294967296']))
    return payload === undefined
      ? undefined
      : { done: 'more presses than there are people', payload, verdict: 'either' }
  },
  (good, random) => {
    if (!isEvent(good)) return undefined
    const { type, dataschema } = parsed(good) as { type: string; dataschema: string }
    const fields = random.pick<Json>([
      { type: type.replace('v1', 'v2') },
      { type: type.toUpperCase() },
      { dataschema: dataschema.replace('/1', '/2') },
      { specversion: '2.0' },
      { specversion: '0.3' },
      { datacontenttype: 'text/plain' },
    ])
    return {
      done: `another version: ${JSON.stringify(fields)}`,
      payload: event(good, fields),
      verdict: 'reject',
    }
  },
  (good, random) => {
    const topic = good.topic.replace(root, random.pick(['faccina/2', 'faccina', 'Faccina/1', 'faccina/1/x']))
    return { done: `the topic ${topic}`, topic, payload: good.text, verdict: 'reject' }
  },
  (good) => {
    if (!isEvent(good)) return undefined
    const levels = good.topic.split('/')
    levels[4] = `${levels[4]}9`
    return {
      done: 'on the topic of another counter',
      topic: levels.join('/'),
      payload: good.text,
      verdict: 'reject',
    }
  },
  (good, random) => {
    if (!isEvent(good)) return undefined
    const source = random.pick([
      'faccina://c_e506/anagrafe/99',
      'faccina://c_a944/anagrafe/1',
      'faccina://c_e506/anagrafe',
      'faccina://C_E506/ANAGRAFE/1',
      'https://c_e506/anagrafe/1',
      'faccina://c_e506/../1',
      'faccina://+/+/+',
      `${(parsed(good) as { source: string }).source}\u0000`,
      '',
    ])
    return { done: `the source ${source}`, payload: event(good, { source }), verdict: 'reject' }
  },
  (good, random) => {
    if (!isEvent(good)) return undefined
    const epoch = random.pick(['zzzzzz', '000000', 'K3F9X2', 'k3f9x', 'k3f9x22', '', '../../', 'k3f9x\u0000'])
    return {
      done: `the epoch ${epoch}, against the id`,
      payload: event(good, {}, { epoch }),
      verdict: 'reject',
    }
  },
  (good) => {
    if (!isEvent(good)) return undefined
    const { id } = parsed(good) as { id: string }
    const payload = event(good, { id: `zzzzzz${id.slice(6)}` }, { epoch: 'zzzzzz' })
    return { done: 'an epoch that nobody knows', payload, verdict: 'either' }
  },
  (good, random) => {
    if (!isEvent(good)) return undefined
    const sequence = random.pick(['000999999999', '1', '', '0000000000001', '-00000000001', '00000000000a'])
    return {
      done: `the sequence ${sequence}, against data`,
      payload: event(good, { sequence }),
      verdict: 'reject',
    }
  },
  (good) => {
    if (!isEvent(good)) return undefined
    return {
      done: 'the id of another event',
      payload: event(good, { id: 'k3f9x2-000000000000' }),
      verdict: 'reject',
    }
  },
  (good, random) => {
    if (!isEvent(good)) return undefined
    const time = random.pick([
      ...['yesterday', '', '2026-13-01T00:00:00Z', '0000-00-00T00:00:00Z', '2026-05-04', '1e999'],
      ...['+275760-09-13T00:00:00.001Z', '-000001-01-01T00:00:00Z', '2026-05-04T25:00:00Z'],
    ])
    const name = random.pick(['time', 'recordedtime'])
    return { done: `${name}: ${time}`, payload: event(good, { [name]: time }), verdict: 'reject' }
  },
  (good, random) => {
    if (!isEvent(good)) return undefined
    const time = random.pick([
      ...['9999-12-31T23:59:59.999Z', '0000-01-01T00:00:00.000Z', '0001-01-01T00:00:00Z'],
      ...['1969-12-31T23:59:59Z', '2026-02-30T00:00:00Z', '2026-05-04T09:00:00+14:00'],
    ])
    return { done: `time: ${time}`, payload: event(good, { time }), verdict: 'either' }
  },
  (good, random) => {
    if (good.kind !== 'vote') return undefined
    const [name, words] = random.pick<[string, string[]]>([
      ['face', ['furious', 'SATISFIED', 'satisfied ', '__proto__', 'toString', 'constructor', '', '😀']],
      ['reason', ['weather', '__proto__', 'valueOf', '']],
      ['outcome', ['maybe', '__proto__', 'hasOwnProperty', '']],
      ['language', ['xx', 'IT', '__proto__', '']],
      ['survey', ['it-2009', '../1', "it-2009/1'; drop table votes; --", '']],
      ['clock', ['broken', '']],
    ])
    const word = random.pick(words)
    return { done: `${name}: ${word}`, payload: event(good, {}, { [name]: word }), verdict: 'reject' }
  },
  (good) => {
    if (good.kind !== 'vote') return undefined
    const { face } = parsed(good).data as { face: string }
    const other = face === 'satisfied' ? 'dissatisfied' : 'satisfied'
    return {
      done: 'another face under the same id',
      payload: event(good, {}, { face: other }),
      verdict: 'either',
    }
  },
  (good) => {
    if (good.kind !== 'vote') return undefined
    const payload = event(good, {}, { outcome: 'not-asked', reason: 'waiting-time', backDated: true })
    return { done: 'a reason that nobody asked for', payload, verdict: 'either' }
  },
  (good, random) => {
    const { subject, says, panel, version } = parsed(good)
    const [name] =
      Object.entries({ subject, says, panel, version }).find(([, text]) => text !== undefined) ?? []
    if (name === undefined) return undefined
    const text = random.pick([
      '\u0000',
      '\ud800',
      "'; drop table votes; --",
      '<script>alert(1)</script>',
      '\u202e',
      '',
    ])
    const payload = changed(parsed(good), [name], text)
    return { done: `${name}: ${JSON.stringify(text)}`, payload, verdict: 'either' }
  },
  (good) => {
    if (!isRange(good)) return undefined
    const { to } = parsed(good).data as { to: number }
    const first = to + 1
    const padded = String(first).padStart(12, '0')
    const id = `${(parsed(good).data as { epoch: string }).epoch}-${padded}-gap`
    return {
      done: 'from above to',
      payload: event(good, { id, sequence: padded }, { from: first }),
      verdict: 'reject',
    }
  },
  (good) => {
    if (!isRange(good)) return undefined
    return {
      done: 'a range of all there is',
      payload: event(good, {}, { to: 999_999_999_999 }),
      verdict: 'either',
    }
  },
  (good) => {
    if (!isRange(good)) return undefined
    return { done: 'a range beyond what there is', payload: event(good, {}, { to: 1e12 }), verdict: 'reject' }
  },
  (good) => {
    if (good.kind !== 'served') return undefined
    const { from, to } = parsed(good)
    const payload = JSON.stringify({ ...parsed(good), from: to, to: from })
    return { done: 'served backwards in time', payload, verdict: 'reject' }
  },
  (good) => {
    if (good.kind !== 'totals') return undefined
    const payload = JSON.stringify({ ...parsed(good), votes: 1, sequence: 999_999_999_999 })
    return { done: 'totals that nobody can have', payload, verdict: 'either' }
  },
  (good, random) => {
    const levels = good.topic.split('/')
    const level = random.whole(2, 4)
    levels[level] = random.pick([
      levels[level]!.toUpperCase().replace(/^\d+$/, 'A'),
      `${levels[level]} `,
      'ü',
      '',
      '..',
      "'--",
      'x'.repeat(65),
      'x'.repeat(10_000),
      'x'.repeat(60_000),
    ])
    const topic = levels.join('/')
    const done = `a topic level of ${levels[level]!.length} characters: ${levels[level]!.slice(0, 20)}`
    return { done, topic, payload: good.text, verdict: 'reject' }
  },
  (good) => ({
    done: 'retained the other way round',
    payload: good.text,
    retain: !good.retain,
    verdict: 'either',
  }),
]

/** From 10 KiB to 1 MiB, more often less. */
function size(random: Random): number {
  return Math.floor(mebibyte / 2 ** random.between(0, 6.7))
}

const large: Mutation[] = [
  (good, random) => {
    const path = random.pick(good.paths.filter((path) => typeof valueAt(parsed(good), path) === 'string'))
    const payload = changed(parsed(good), path, 'x'.repeat(size(random)))
    return { done: `${nameOf(path)}: a huge text`, payload, verdict: 'either' }
  },
  (good, random) => ({
    done: 'a field more: a huge text',
    payload: JSON.stringify({ ...parsed(good), added: 'x'.repeat(size(random)) }),
    verdict: 'either',
  }),
  (good, random) => ({
    done: 'a field more: a huge list',
    payload: JSON.stringify({ ...parsed(good), added: new Array(size(random) >> 1).fill(0) }),
    verdict: 'either',
  }),
  (good, random) => {
    const lists: Partial<Record<Kind, [Path, unknown]>> = {
      summary: [['data', 'lost'], { from: 1, to: 1, cause: 'torn' }],
      health: [['keys', 'stuck'], 'skip'],
      survey: [['faces'], 'satisfied'],
    }
    const [path, entry] = lists[good.kind] ?? []
    if (!path) return undefined
    const payload = changed(parsed(good), path, new Array(size(random) >> 6).fill(entry))
    return { done: `${nameOf(path)}: a huge list`, payload, verdict: 'either' }
  },
  (good) => {
    if (good.kind !== 'summary') return undefined
    const [hour] = (parsed(good).data as { hours: unknown[] }).hours
    const payload = event(good, {}, { hours: new Array(1_500).fill(hour) })
    return { done: 'the same hour 1,500 times', payload, verdict: 'either' }
  },
  () => ({ done: 'lists, 10,000 deep', payload: '['.repeat(10_000) + ']'.repeat(10_000), verdict: 'reject' }),
  () => ({ done: 'lists, 500,000 deep', payload: '['.repeat(500_000), verdict: 'reject' }),
  () => ({
    done: 'objects, 10,000 deep',
    payload: `${'{"data":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
    verdict: 'reject',
  }),
  (good) => ({
    done: 'a field more: 10,000 deep',
    payload: good.text.replace('{', `{"added":${'['.repeat(10_000)}${']'.repeat(10_000)},`),
    verdict: 'either',
  }),
  (good, random) => {
    const fields = Array.from({ length: size(random) >> 5 }, (_, n) => [`added-${n}`, n])
    const payload = JSON.stringify({ ...parsed(good), ...Object.fromEntries(fields) })
    return { done: 'ten thousand fields more', payload, verdict: 'either' }
  },
  (_, random) => ({
    done: 'a mebibyte of nothing',
    payload: new Uint8Array(size(random)),
    verdict: 'reject',
  }),
  ({ text }, random) => ({
    done: 'behind a mebibyte of white space',
    payload: `${' '.repeat(size(random))}${text}`,
    verdict: 'either',
  }),
  (good, random) => {
    const digits = '9'.repeat(size(random))
    const payload = good.text.replace('{', `{"added":${digits},`)
    return { done: 'a number of a million digits', payload, verdict: 'either' }
  },
]

/** The first of two bytes of a character, and then something else. */
function surrogate(text: string): Uint8Array {
  return Buffer.concat([
    encoder.encode(text.slice(0, -1)),
    Uint8Array.of(0x2c, 0x22, 0xc3, 0x22),
    encoder.encode(':1}'),
  ])
}
