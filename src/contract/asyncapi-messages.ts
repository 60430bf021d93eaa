import { eventContentType } from './events.ts'
import { alertKinds, type published } from './schemas.ts'

/** What the AsyncAPI document says of each message besides its schema. */
export interface Message {
  title: string
  summary: string
  description: string
  /** What MQTT 5 calls the payload. */
  contentType: 'application/json' | typeof eventContentType
  /** Whether the broker keeps the latest for those who come later. */
  retain: boolean
  /** After how many seconds the broker forgets it (MQTT 5). */
  expiry?: Record<string, unknown>
  /** MQTT 5 properties. */
  headers?: Record<string, Record<string, unknown>>
  tag: Tag
}

export const tags = [
  { name: 'event', description: 'One thing that happened: a CloudEvent in structured mode, never retained.' },
  { name: 'status', description: 'How things stand: the broker keeps the latest for those who come later.' },
  { name: 'command', description: 'Requests to a terminal, and its answers.' },
  { name: 'participation', description: 'What is needed to tell how many of those who were served voted.' },
] as const
type Tag = (typeof tags)[number]['name']

/** What stands for the last level of some topics. */
export const permitted = {
  kind: alertKinds,
  command: ['identify', 'replay', 'health', 'certificate'],
} as const

const event = { contentType: eventContentType, retain: false, tag: 'event' } as const
const status = { contentType: 'application/json', retain: true, tag: 'status' } as const
const replay = {
  replay: {
    type: 'string',
    description:
      'User property of what is sent again because somebody asked: the id of that request, or `true`.',
  },
}
const correlationData = {
  type: 'string',
  description: 'Correlation data (MQTT 5): bytes that come back in the answer, untouched.',
}

export const messages: Readonly<Record<keyof typeof published, Message>> = {
  vote: {
    title: 'A vote',
    summary: 'A citizen pressed a face, and perhaps said why.',
    description:
      'One for each visit, once it is over: a correction and the reason are already in it. Never retained, and it never expires. The same vote has the same `source` and `id` for ever, however often it comes.',
    ...event,
    headers: replay,
  },
  gap: {
    title: 'Votes that can never come, and why',
    summary: 'A range of sequences that the terminal has lost.',
    description:
      'After a damaged card or a power cut in the middle of a write. With it a subscriber is complete again. Whoever has one of these votes already keeps it.',
    ...event,
    headers: replay,
  },
  summary: {
    title: 'Votes of which only counts are left',
    summary: 'A range of sequences as counts by the hour.',
    description:
      'A terminal that was cut off so long that its journal was full keeps the counts of its oldest votes. They count all votes of the range: they take the place of those that came before, and of each shorter summary within it.',
    ...event,
    headers: replay,
  },
  totals: {
    title: 'Counts of all votes of an epoch',
    summary: 'How many votes there are, and up to which sequence.',
    description: 'Published behind the votes that it counts: compare it with what you have.',
    ...status,
  },
  state: {
    title: 'Whether the terminal is there',
    summary: 'Online or offline, since when, with which version.',
    description:
      'The terminal says both itself; when its connection is lost, the broker says `offline` as its will.',
    ...status,
  },
  health: {
    title: 'How the terminal is',
    summary: 'Queue, clock, disk, keys, lights and display.',
    description:
      'Every minute unless set otherwise. An MQTT 5 broker forgets it after three periods without a new one.',
    ...status,
    expiry: {
      type: 'integer',
      minimum: 1,
      description: 'Three of the terminal’s periods (setting `health.periodSeconds`), in seconds.',
    },
  },
  survey: {
    title: 'The survey in force, with its texts',
    summary: 'Question, faces and reasons, in each language.',
    description: 'Enough to print a label of a chart: votes name the survey that they were given in.',
    ...status,
  },
  certificate: {
    title: 'What the terminal’s certificate says, and a request for the next one',
    summary: 'Good, expiring, expired or none; where one is wanted, a certificate request.',
    description:
      'From a terminal that speaks TLS to its broker, whenever it changes. An authority signs the request and sends the certificate back with the command `certificate`: nobody has to go to the counter.',
    ...status,
  },
  commissioning: {
    title: 'What the terminal found when it looked at itself, signed',
    summary: 'Faces, keys, display, clock, network, broker, disk and supply: passed, or what failed.',
    description:
      'A CloudEvent, retained: the latest commissioning. `signature` is a JWS (RFC 7515) in compact form without its payload (its appendix F), ES256; the payload is the event less `signature`, as JSON by RFC 8785. The key is `data.key.jwk`, its name the SHA-256 of its SubjectPublicKeyInfo: compare that with the one on record, or check `data.key.certificate`. `src/contract/README.md` has the ten lines that verify it.',
    contentType: eventContentType,
    retain: true,
    tag: 'status',
  },
  committed: {
    title: 'How far a collector has the votes in its database',
    summary: 'Votes up to here are stored for good.',
    description:
      'A terminal that is set to wait for a collector counts its votes as delivered once this covers them, and sends again what stays behind. It deletes nothing because of it before its time.',
    ...status,
  },
  served: {
    title: 'How many people a counter served',
    summary: 'Said by the queue manager, for spans that do not overlap.',
    description: 'Participation is votes divided by people served.',
    contentType: 'application/json',
    retain: false,
    tag: 'participation',
  },
  alert: {
    title: 'What a collector warns of',
    summary: 'Raised, and told again when it is over.',
    description: 'One topic for each kind, retained: who comes later knows what stands.',
    ...status,
  },
  request: {
    title: 'A request to the terminal',
    summary: 'A JSON object, which may be empty.',
    description:
      'Never retained: a request is for now. `identify` and `health` take nothing but an `id`; `replay` takes sequences or times, `certificate` a certificate.',
    contentType: 'application/json',
    retain: false,
    tag: 'command',
    headers: {
      responseTopic: {
        type: 'string',
        description:
          'Response topic (MQTT 5): where the answer is to go. Within `faccina/1/` only the usual reply topic is taken.',
      },
      correlationData,
    },
  },
  reply: {
    title: 'The answer to a request',
    summary: 'Done, or why not.',
    description: 'What was asked for by `replay` or `health` follows on its own topic.',
    contentType: 'application/json',
    retain: false,
    tag: 'command',
    headers: { correlationData },
  },
}
