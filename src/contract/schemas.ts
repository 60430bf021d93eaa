import * as v from 'valibot'
import { gapCauses } from '../domain/vote.ts'
import { faces, keys, languages, outcomes, reasons } from '../domain/words.ts'

/**
 * What subscribers rely on. The types of our own messages and the JSON Schemas in `schemas/` come from
 * here. Within `faccina/1` a field may be added; none is renamed or removed, so unknown ones must be let
 * pass.
 */

const text = (description: string) => v.pipe(v.string(), v.description(description))
const counter = (description: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(0), v.description(description))
const time = (description: string) =>
  v.pipe(v.string(), v.isoTimestamp(), v.check(hasItsDay, 'a time that there is'), v.description(description))

const epoch = v.pipe(v.string(), v.regex(/^[a-z0-9]{6}$/), v.description('Random id of one journal’s life.'))
const sequence = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(1),
  v.description('1, 2, 3, … in its epoch, with no hole but those that a gap explains.'),
)

/** Not so the 30th of February, which `Date.parse` takes for a day in March. */
function hasItsDay(written: string): boolean {
  const [year = 0, month = 0, day = 0] = written.slice(0, 10).split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
}

/** The attributes that all our CloudEvents share (CloudEvents 1.0, JSON format; `sequence` and `recordedtime` are its documented extensions). */
function cloudEvent<const Type extends string, Data extends v.GenericSchema>(
  type: Type,
  schema: string,
  data: Data,
) {
  return v.object({
    specversion: v.literal('1.0'),
    id: text('Unique in its source, and the same whenever the event is sent again.'),
    source: v.pipe(
      v.string(),
      v.regex(/^faccina:\/\/[a-z0-9_-]{1,64}\/[a-z0-9_-]{1,64}\/[a-z0-9_-]{1,64}$/),
      v.description('The terminal: faccina://municipality/office/counter.'),
    ),
    type: v.literal(type),
    subject: text('The office.'),
    time: time('When it happened, by the terminal’s clock; see data.clock.'),
    recordedtime: time('When the terminal wrote its last piece.'),
    sequence: v.pipe(
      v.string(),
      v.regex(/^\d{12}$/),
      v.description('data.sequence, padded, so that text order is order.'),
    ),
    datacontenttype: v.literal('application/json'),
    dataschema: v.literal(schema),
    data,
  })
}

const voteDataSchema = v.object({
  epoch,
  sequence,
  face: v.pipe(v.picklist(faces), v.description('The face that counts.')),
  reason: v.optional(v.pipe(v.picklist(reasons), v.description('Present when outcome is selected.'))),
  outcome: v.pipe(v.picklist(outcomes), v.description('How asking for the reason ended.')),
  survey: v.pipe(
    v.string(),
    v.regex(/^[a-z0-9-]+\/\d+$/),
    v.description('Survey and version, e.g. it-2009/1.'),
  ),
  language: v.pipe(v.picklist(languages), v.description('What the citizen read it in.')),
  clock: v.pipe(
    v.picklist(['synchronised', 'estimated', 'unknown']),
    v.description('How far `time` can be trusted.'),
  ),
  uncertaintySeconds: v.optional(
    v.pipe(v.number(), v.minValue(0), v.description('With clock estimated: ± this.')),
  ),
  backDated: v.optional(
    v.pipe(
      v.literal(true),
      v.description('The clock was synchronised only after the vote, and tells its time in retrospect.'),
    ),
  ),
  suppressed: counter('Further presses during the visit that were not counted.'),
  corrected: v.pipe(v.boolean(), v.description('Whether the face was changed within the correction window.')),
  withinHours: v.optional(
    v.pipe(v.boolean(), v.description('Whether the office was open; absent if not known.')),
  ),
  batch: v.optional(
    v.pipe(
      v.object({
        votes: counter('How many votes left together, in an order that says nothing.'),
        from: time('The first of them.'),
        to: time('The last of them.'),
      }),
      v.description('Where votes are released in shuffled batches: all of a batch have the same `time`.'),
    ),
  ),
})

export const voteEventSchema = cloudEvent('faccina.vote.v1', 'faccina:schema/vote/1', voteDataSchema)
export type VoteEvent = v.InferOutput<typeof voteEventSchema>

export const gapEventSchema = cloudEvent(
  'faccina.gap.v1',
  'faccina:schema/gap/1',
  v.object({
    epoch,
    from: sequence,
    to: sequence,
    cause: v.pipe(v.picklist(gapCauses), v.description('Why these sequences can never come.')),
  }),
)
export type GapEvent = v.InferOutput<typeof gapEventSchema>

const countsOf = <const Names extends readonly string[]>(names: Names, description: string) =>
  v.pipe(
    v.object(
      Object.fromEntries(names.map((name) => [name, counter(name)])) as Record<
        Names[number],
        ReturnType<typeof counter>
      >,
    ),
    v.description(description),
  )

const counts = {
  votes: counter('How many votes.'),
  faces: countsOf(faces, 'Votes by face.'),
  reasons: countsOf(reasons, 'Votes by reason.'),
  outcomes: countsOf(outcomes, 'Votes by how asking ended.'),
  suppressed: counter('Presses that were not counted.'),
  corrected: counter('Votes whose face was changed.'),
}

export const summaryEventSchema = cloudEvent(
  'faccina.summary.v1',
  'faccina:schema/summary/1',
  v.object({
    epoch,
    from: sequence,
    to: sequence,
    hours: v.pipe(
      v.array(
        v.object({
          from: v.optional(time('Where the hour began; absent where the time of these votes is not known.')),
          to: v.optional(time('Where it ended: later than an hour when there were too many hours.')),
          ...counts,
        }),
      ),
      v.description('Counts of all votes of the range, also of those that came before.'),
    ),
    lost: v.pipe(
      v.array(v.object({ from: sequence, to: sequence, cause: v.picklist(gapCauses) })),
      v.description('Sequences within the range that can never come.'),
    ),
  }),
)
export type SummaryEvent = v.InferOutput<typeof summaryEventSchema>

export const totalsSchema = v.object({
  epoch,
  sequence: counter('The highest sequence counted; all from 1 on are in.'),
  ...counts,
})
export type TotalsMessage = v.InferOutput<typeof totalsSchema>

export const stateSchema = v.object({
  state: v.picklist(['online', 'offline']),
  version: text('Of the terminal’s software.'),
  epoch,
  boot: counter('Counts the boots of the terminal’s computer.'),
  since: time('Since when; in a will (see `will`) when the connection that was lost had begun.'),
  will: v.optional(
    v.pipe(v.literal(true), v.description('The broker said it, because the connection was lost.')),
  ),
})
export type StateMessage = v.InferOutput<typeof stateSchema>

const certificateStates = ['none', 'good', 'expiring', 'expired'] as const
export type CertificateState = (typeof certificateStates)[number]
const certificate = {
  state: v.pipe(
    v.picklist(certificateStates),
    v.description('Of the client certificate; expiring: it ends within 30 days. Without a clock it is good.'),
  ),
  notAfter: v.optional(time('When it ends.')),
  daysLeft: v.optional(counter('Whole days until then, while the clock is synchronised.')),
}

/** What a terminal says of the certificate that its broker knows it by, and what it takes to renew it. */
const certificateSchema = v.object({
  at: time('When this was taken, by the terminal’s clock.'),
  ...certificate,
  subject: v.optional(text('Whose it is, e.g. CN=c_e506/anagrafe/3, O=c_e506.')),
  issuer: v.optional(text('Who signed it.')),
  fingerprint: v.optional(
    v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/), v.description('SHA-256 of the certificate.')),
  ),
  request: v.optional(
    text('Where a certificate is wanted: a certificate request (PKCS #10, PEM) of a key that waits for it.'),
  ),
})
export type CertificateMessage = v.InferOutput<typeof certificateSchema>

const part = v.object({
  is: v.picklist(['good', 'broken', 'none']),
  problem: v.optional(text('For the technician: what to look at.')),
})

export const healthSchema = v.object({
  at: time('When this was taken, by the terminal’s clock.'),
  panel: text('The panel’s profile.'),
  board: text('The computer.'),
  queue: v.object({
    votes: counter(
      'Votes that are not done: that the broker has not acknowledged or, where a collector confirms, that it has not committed.',
    ),
    oldestAgeSeconds: v.optional(counter('Age of the oldest of them.')),
  }),
  clock: v.picklist(['synchronised', 'unknown']),
  disk: v.object({
    writable: v.boolean(),
    problem: v.optional(text('Why the last write failed.')),
    journalBytes: counter('Taken by the journal.'),
    journalMaxBytes: counter('Its bound.'),
    freeBytes: v.optional(counter('Free on its file system.')),
  }),
  keys: v.object({
    ...part.entries,
    stuck: v.pipe(
      v.array(v.picklist(keys)),
      v.description('Held so long, or so restless, that they are ignored until released or at rest.'),
    ),
    ignored: counter(
      'Presses that could not count, since the start: while closed or out of service, by a stuck key, or hammered.',
    ),
  }),
  lights: part,
  display: part,
  broker: v.object({
    protocol: v.picklist(['5', '3.1.1']),
    unheard: counter('Votes that the broker took though nobody had subscribed, since the start.'),
    committedIgnored: counter(
      'Messages on committed that were malformed, or named what was never published, since the start.',
    ),
  }),
  certificate: v.optional(
    v.pipe(
      v.object({
        ...certificate,
        problem: v.optional(text('For the technician: why the last one that was sent is not used.')),
      }),
      v.description('The client certificate of a terminal that speaks TLS to its broker.'),
    ),
  ),
  commands: v.object({
    ignored: counter('Messages on command/# that were no valid request, since the start.'),
  }),
  settings: v.optional(
    v.object({
      refused: v.optional(
        text('Why the settings on the card are not in force; the terminal works with those it had.'),
      ),
    }),
  ),
  temperatureCelsius: v.optional(v.number()),
  underVoltage: v.optional(v.boolean()),
})
export type HealthMessage = v.InferOutput<typeof healthSchema>

const surveyTextsSchema = v.object({
  name: text('The language’s own name.'),
  question: v.string(),
  faces: v.object({ satisfied: v.string(), neutral: v.string(), dissatisfied: v.string() }),
  why: v.string(),
  reasons: v.object({
    'waiting-time': v.string(),
    'staff-behaviour': v.string(),
    'must-return': v.string(),
    'negative-outcome': v.string(),
  }),
})

export const surveySchema = v.object({
  survey: text('What votes name it by, e.g. it-2009/1.'),
  faces: v.array(v.picklist(faces)),
  reasons: v.array(v.picklist(reasons)),
  asks: v.pipe(v.array(v.picklist(faces)), v.description('The faces after which a reason is asked here.')),
  languages: v.pipe(
    v.array(v.picklist(languages)),
    v.description('Offered here; the first is the panel’s own.'),
  ),
  texts: v.record(v.picklist(languages), surveyTextsSchema),
})
export type SurveyMessage = v.InferOutput<typeof surveySchema>

const { sequence: _, ...eventEntries } = cloudEvent(
  'faccina.commissioning.v1',
  'faccina:schema/commissioning/1',
  v.object({
    by: v.pipe(
      v.picklist(['keys', 'request']),
      v.description('keys: both outer faces were held for ten seconds; request: asked for at the start.'),
    ),
    startedAt: time('When it began.'),
    clock: v.pipe(
      v.picklist(['synchronised', 'unknown']),
      v.description('How far its times can be trusted.'),
    ),
    result: v.pipe(v.picklist(['passed', 'failed']), v.description('failed: at least one check failed.')),
    checks: v.pipe(
      v.array(
        v.object({
          name: text('What was looked at.'),
          result: v.picklist(['good', 'warning', 'failed', 'skipped']),
          found: text('What was found there, for people.'),
          next: v.optional(text('The one next thing to do.')),
        }),
      ),
      v.description('In the order in which they can be mended.'),
    ),
    keys: v.pipe(
      v.record(v.picklist(keys), v.picklist(['pressed', 'another', 'silent', 'not-asked'])),
      v.description(
        'Each key that there is, when it was asked for; another: a key that was not asked for came.',
      ),
    ),
    lights: v.pipe(
      v.record(v.picklist(faces), v.picklist(['seen', 'unknown'])),
      v.description('seen: it alone was lit, and its key was pressed.'),
    ),
    display: v.pipe(
      v.picklist(['readable', 'unreadable', 'unknown', 'broken', 'none']),
      v.description('What was said of its test pictures.'),
    ),
    version: text('Of the terminal’s software.'),
    board: text('The computer.'),
    panel: text('The panel’s profile.'),
    key: v.object({
      fingerprint: v.pipe(
        v.string(),
        v.regex(/^[0-9a-f]{64}$/),
        v.description('SHA-256 of the public key (SubjectPublicKeyInfo, DER).'),
      ),
      jwk: v.pipe(
        v.object({ kty: v.literal('EC'), crv: v.literal('P-256'), x: v.string(), y: v.string() }),
        v.description('The public key (RFC 7517).'),
      ),
      certificate: v.optional(text('The certificates that vouch for it, PEM.')),
    }),
  }),
).entries

/** The one event that stands for itself: its time is that of its beginning, and it has no place among the votes. */
export const commissioningSchema = v.object({
  ...eventEntries,
  signature: v.pipe(
    v.string(),
    v.regex(/^[\w-]+\.\.[\w-]+$/),
    v.description(
      'JWS (RFC 7515) in compact form without its payload, ES256, of this event less `signature` as RFC 8785 writes it.',
    ),
  ),
})
export type CommissioningEvent = v.InferOutput<typeof commissioningSchema>

/** What a collector says, retained, on the `committed` topic of a terminal. */
export const committedSchema = v.object({
  epoch,
  sequence: counter('All from 1 up to this one are in the collector’s database; 0: none.'),
})
export type Committed = v.InferOutput<typeof committedSchema>

/** What a queue manager says of a counter, on its `served` topic; each span of time once, and none overlaps another. */
export const servedSchema = v.object({
  from: time('Where the span of time began.'),
  to: time('Where it ended.'),
  served: counter('How many people were served at the counter in that time.'),
})
export type ServedMessage = v.InferOutput<typeof servedSchema>

export const alertKinds = ['dissatisfied', 'silent', 'stuck'] as const
export type AlertKind = (typeof alertKinds)[number]

/** What a collector warns of, on the `alert/{kind}` topic of a terminal, retained; told again when it is over. */
export const alertSchema = v.object({
  alert: v.pipe(
    v.picklist(alertKinds),
    v.description(
      'dissatisfied: too large a share of the latest votes; silent: nothing heard in opening hours; stuck: a key is ignored until it is released.',
    ),
  ),
  raised: v.pipe(v.boolean(), v.description('True while it lasts, false once it is over.')),
  since: time('When it was raised, or was over.'),
  says: text('For people: what was found, and what the limit is.'),
})
export type AlertMessage = v.InferOutput<typeof alertSchema>

/** A request on `command/{name}`; the object may be empty. */
export const requestSchema = v.object({
  id: v.optional(v.pipe(v.string(), v.maxLength(64), v.description('Comes back in the reply.'))),
  epoch: v.optional(
    v.pipe(epoch, v.description('With replay: whose sequences; the present epoch unless given.')),
  ),
  from: v.optional(v.pipe(sequence, v.description('With replay: the first sequence; 1 unless given.'))),
  to: v.optional(v.pipe(sequence, v.description('With replay: the last sequence; the latest unless given.'))),
  since: v.optional(
    time('With replay, in place of from and to: votes of this time on, as their `time` tells it.'),
  ),
  until: v.optional(time('With replay, in place of from and to: votes before this time.')),
  certificate: v.optional(
    text('With certificate: the client certificate, PEM, and those between it and the authority.'),
  ),
})

export const replySchema = v.object({
  command: text('The request’s name.'),
  id: v.optional(v.string()),
  ok: v.boolean(),
  problem: v.optional(text('With ok false: what was wrong, and what is allowed.')),
  epoch: v.optional(v.pipe(epoch, v.description('Of replay: the epoch that is replayed.'))),
  from: v.optional(
    v.pipe(sequence, v.description('Of replay: the first sequence that is still there; absent if none is.')),
  ),
  to: v.optional(v.pipe(sequence, v.description('Of replay: the last sequence that comes.'))),
  notAfter: v.optional(time('Of certificate: when it ends.')),
  votes: v.optional(
    counter('Of replay: how many votes come, besides gaps and summaries; marked by the property `replay`.'),
  ),
})
export type ReplyMessage = v.InferOutput<typeof replySchema>

/** Every schema that is published, by the name of its file. */
export const published = {
  vote: voteEventSchema,
  gap: gapEventSchema,
  summary: summaryEventSchema,
  totals: totalsSchema,
  state: stateSchema,
  health: healthSchema,
  survey: surveySchema,
  certificate: certificateSchema,
  commissioning: commissioningSchema,
  committed: committedSchema,
  served: servedSchema,
  alert: alertSchema,
  request: requestSchema,
  reply: replySchema,
} as const
