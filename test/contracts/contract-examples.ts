import type {
  AlertMessage,
  Committed,
  published,
  ReplyMessage,
  ServedMessage,
} from '../../src/contract/schemas.ts'
import { examples } from './examples.ts'

/** What others than terminals say, and answers that tell more. */
const others = {
  committed: { epoch: 'k3f9x2', sequence: 4711 } satisfies Committed,
  served: {
    from: '2026-05-04T07:00:00.000Z',
    to: '2026-05-04T08:00:00.000Z',
    served: 23,
  } satisfies ServedMessage,
  'alert-raised': {
    alert: 'dissatisfied',
    raised: true,
    since: '2026-05-04T09:10:18.000Z',
    says: '9 of the 20 votes of the last hour are dissatisfied (45 %); the limit is 40 %',
  } satisfies AlertMessage,
  'alert-over': {
    alert: 'dissatisfied',
    raised: false,
    since: '2026-05-04T10:02:41.000Z',
    says: '5 of the 21 votes of the last hour are dissatisfied (24 %); the limit is 40 %',
  } satisfies AlertMessage,
  'request-empty': {},
  'request-replay-sequences': { id: '43', epoch: 'k3f9x2', from: 4700, to: 4702 },
  'request-replay-times': { id: '44', since: '2026-05-04T09:00:00Z', until: '2026-05-04T10:00:00Z' },
  'request-certificate': {
    id: '46',
    certificate: '-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n',
  },
  'reply-certificate': {
    command: 'certificate',
    id: '46',
    ok: true,
    notAfter: '2027-06-05T09:10:00.000Z',
  } satisfies ReplyMessage,
  'reply-replay': {
    command: 'replay',
    id: '43',
    ok: true,
    epoch: 'k3f9x2',
    from: 4700,
    to: 4702,
    votes: 3,
  } satisfies ReplyMessage,
  'reply-refused': {
    command: 'replay',
    id: '45',
    ok: false,
    problem: '`from` is 0; allowed is a whole number from 1 on',
  } satisfies ReplyMessage,
}

export interface ContractExample {
  name: string
  schema: keyof typeof published
  payload: unknown
}

/** Messages of every kind; those of terminals as the terminal's own code makes them. */
export async function contractExamples(): Promise<ContractExample[]> {
  const ofTerminals = Object.entries(await examples()).map(([name, { schema, payload }]) => ({
    name,
    schema,
    payload: JSON.parse(payload) as unknown,
  }))
  const ofOthers = Object.entries(others).map(([name, payload]) => ({
    name,
    schema: name.split('-')[0] as keyof typeof published,
    payload,
  }))
  return [...ofTerminals, ...ofOthers]
}
