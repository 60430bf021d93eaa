import * as v from 'valibot'
import { highestSequence } from '../contract/incoming.ts'
import {
  commissioningSchema,
  gapEventSchema,
  healthSchema,
  servedSchema,
  stateSchema,
  summaryEventSchema,
  surveySchema,
  totalsSchema,
  voteEventSchema,
} from '../contract/schemas.ts'
import type { Incoming } from '../ports/uplink.ts'
import type { Item, Rejected } from './item.ts'

/** The topics of a terminal that carry what a subscriber reads. */
export const kinds = [
  'vote',
  'gap',
  'summary',
  'totals',
  'state',
  'health',
  'survey',
  'commissioning',
  'served',
] as const
export type Kind = (typeof kinds)[number]

const schemas = {
  vote: voteEventSchema,
  gap: gapEventSchema,
  summary: summaryEventSchema,
  totals: totalsSchema,
  state: stateSchema,
  health: healthSchema,
  survey: surveySchema,
  commissioning: commissioningSchema,
  served: servedSchema,
} as const

/** How long a message of a kind may be, in bytes: far above any that a terminal sends, far below what hurts. */
const longest: Record<Kind, number> = {
  vote: 8_192,
  gap: 8_192,
  summary: 4_194_304,
  totals: 8_192,
  state: 8_192,
  health: 65_536,
  survey: 65_536,
  commissioning: 65_536,
  served: 8_192,
}

/** How much of what was rejected is kept to be looked at, in bytes. */
const kept = 4_096
const level = /^[a-z0-9_-]{1,64}$/
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The filter of a kind's topics, of all terminals or of those that `where` names. */
export function filterOf(root: string, kind: Kind | 'committed', where = '+/+/+'): string {
  return `${root}/${where}/${kind}`
}

/**
 * Reads one message: what it says, or why it is not what the contract says. A retained message that was taken
 * away (an empty one) says nothing.
 */
export function readMessage(
  root: string,
  { topic, payload, retained }: Pick<Incoming, 'topic' | 'payload' | 'retained'>,
): Item | Rejected | undefined {
  const rejected = (why: string): Rejected => ({
    is: 'rejected',
    topic,
    // A copy: a view of it would keep all of a large one.
    payload: Uint8Array.from(payload.subarray(0, kept)),
    why,
  })
  const [municipality = '', office = '', counter = '', kind = '', more] = topic
    .slice(root.length + 1)
    .split('/')
  if (!topic.startsWith(`${root}/`) || more !== undefined || !isKind(kind))
    return rejected(`topic: no such one; allowed is ${root}/municipality/office/counter/{${kinds.join('|')}}`)
  if (![municipality, office, counter].every((name) => level.test(name)))
    return rejected('topic: each level is 1 to 64 of a-z, 0-9, _ and -')
  if (payload.length === 0)
    return isRetained(kind) ? undefined : rejected('payload: found nothing; allowed is JSON')
  if (payload.length > longest[kind])
    return rejected(`payload: found ${payload.length} bytes; allowed are ${longest[kind]}`)
  const parsed = parse(payload)
  if ('why' in parsed) return rejected(parsed.why)
  const checked = v.safeParse(schemas[kind], parsed.value, { abortEarly: true })
  if (!checked.success) return rejected(issueText(checked.issues[0]))
  const source = `faccina://${municipality}/${office}/${counter}`
  const item = { is: kind, source, [nameOf[kind]]: checked.output } as unknown as Item
  const why = contradiction(item, retained)
  return why === undefined ? item : rejected(why)
}

const nameOf = {
  vote: 'event',
  gap: 'event',
  summary: 'event',
  totals: 'totals',
  state: 'state',
  health: 'health',
  survey: 'survey',
  commissioning: 'record',
  served: 'served',
} as const satisfies Record<Kind, string>

function isKind(text: string): text is Kind {
  return (kinds as readonly string[]).includes(text)
}

function isRetained(kind: Kind): boolean {
  return ['totals', 'state', 'health', 'survey', 'commissioning'].includes(kind)
}

function parse(payload: Uint8Array): { value: unknown } | { why: string } {
  try {
    return { value: JSON.parse(utf8.decode(payload)) }
  } catch (error) {
    const what = error instanceof SyntaxError ? 'no JSON' : 'no UTF-8'
    return { why: `payload: found ${what}; allowed is JSON in UTF-8` }
  }
}

function issueText({ path, received, expected, message }: v.BaseIssue<unknown>): string {
  const where = path?.map(({ key }) => String(key)).join('.') || 'payload'
  if (received === 'undefined') return `${cut(where)}: missing`
  const allowed = expected === null ? message : expected
  return `${cut(where)}: found ${cut(received)}; allowed is ${cut(allowed)}`
}

function cut(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`
}

/** What a schema cannot say: that the parts of a message, and its topic, agree. */
function contradiction(item: Item, retained: boolean): string | undefined {
  switch (item.is) {
    case 'vote':
      return retained ? 'retained: a vote never is' : eventProblem(item.source, item.event)
    case 'gap':
    case 'summary':
      return retained
        ? `retained: a ${item.is} never is`
        : (eventProblem(item.source, item.event) ?? rangeProblem(item.event.data))
    case 'commissioning':
      return sourceProblem(item.source, item.record) ?? timesProblem(item.record)
    case 'totals':
      return sequenceProblem('sequence', item.totals.sequence)
    case 'served':
      return Date.parse(item.served.from) < Date.parse(item.served.to)
        ? undefined
        : `to: found ${item.served.to}; allowed is later than from`
    default:
      return undefined
  }
}

interface AnyEvent {
  id: string
  source: string
  sequence: string
  subject: string
  time: string
  recordedtime: string
  data: { epoch: string } & ({ sequence: number } | { from: number; to: number })
}

function eventProblem(source: string, { id, sequence, data, ...event }: AnyEvent): string | undefined {
  const foreign = sourceProblem(source, event)
  if (foreign !== undefined) return foreign
  const first = 'sequence' in data ? data.sequence : data.from
  if (Number(sequence) !== first) return `sequence: found ${sequence}; data says ${first}`
  if (!id.startsWith(`${data.epoch}-${sequence}`))
    return `id: found ${cut(id)}; data says ${data.epoch}-${sequence}`
  return timesProblem(event) ?? sequenceProblem('data.sequence', first)
}

function sourceProblem(source: string, event: Pick<AnyEvent, 'source'>): string | undefined {
  if (event.source === source) return undefined
  return `source: found ${event.source}; allowed on this topic is ${source}`
}

function timesProblem(event: Pick<AnyEvent, 'time' | 'recordedtime'>): string | undefined {
  for (const name of ['time', 'recordedtime'] as const)
    if (!Number.isFinite(Date.parse(event[name])))
      return `${name}: found ${event[name]}; there is no such time`
  return undefined
}

function rangeProblem({ from, to }: { from: number; to: number }): string | undefined {
  return from <= to ? sequenceProblem('data.to', to) : `data.to: found ${to}; allowed is ${from} or more`
}

function sequenceProblem(where: string, sequence: number): string | undefined {
  return sequence <= highestSequence
    ? undefined
    : `${where}: found ${sequence}; allowed is at most ${highestSequence}`
}
