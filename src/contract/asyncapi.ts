import { type Access, access, type Role, roles } from './access.ts'
import { type Message, messages, permitted, tags } from './asyncapi-messages.ts'
import type { published } from './schemas.ts'
import { type Topics, topicsOf } from './topics.ts'

/** A part of a JSON document. */
type Json = Record<string, unknown>

export interface AsyncApiParts {
  /** JSON Schemas without a dialect and an id, by the names of `published`. */
  schemas: Record<keyof typeof published, Json>
  /** At least one full message for each. */
  examples: { name: string; schema: keyof typeof published; payload: unknown }[]
}

/** The counter's three levels, and what varies behind them, as AsyncAPI writes a parameter. */
const topics = topicsOf('faccina/1', '{municipality}/{office}/{counter}')

/** The channels, by the names of the topics; requests share theirs, whichever the command. */
const channels = {
  vote: { address: topics.vote, message: 'vote' },
  gap: { address: topics.gap, message: 'gap' },
  summary: { address: topics.summary, message: 'summary' },
  totals: { address: topics.totals, message: 'totals' },
  state: { address: topics.state, message: 'state' },
  health: { address: topics.health, message: 'health' },
  survey: { address: topics.survey, message: 'survey' },
  certificate: { address: topics.certificate, message: 'certificate' },
  commissioning: { address: topics.commissioning, message: 'commissioning' },
  committed: { address: topics.committed, message: 'committed' },
  served: { address: topics.served, message: 'served' },
  alert: { address: topics.alert('{kind}'), message: 'alert' },
  commands: { address: topics.command('{command}'), message: 'request' },
  reply: { address: topics.reply('{command}'), message: 'reply' },
} as const satisfies Partial<Record<keyof Topics, { address: string; message: keyof typeof published }>>
type Channel = keyof typeof channels
const channelNames = Object.keys(channels) as Channel[]

/** The contract as an AsyncAPI 3 document, for those who generate code, docs or tests from it. */
export function asyncApiDocument({ schemas, examples }: AsyncApiParts): Json {
  return {
    asyncapi: '3.0.0',
    id: 'urn:faccina:contract:1',
    info,
    defaultContentType: 'application/json',
    servers,
    channels: {
      ...Object.fromEntries(channelNames.map((name) => [name, channelOf(name)])),
      response: {
        title: 'Where the asker wants the answer',
        address: null,
        description:
          'The MQTT 5 response topic of a request, outside of `faccina/1/`. Without one, or over MQTT 3.1.1, the answer comes on `command/{command}/reply`.',
        messages: { reply: { $ref: '#/components/messages/reply' } },
      },
    },
    operations: Object.fromEntries(operations()),
    components: {
      schemas,
      messages: Object.fromEntries(
        Object.entries(messages).map(([name, message]) => [name, messageOf(name, message, examples)]),
      ),
      parameters,
      securitySchemes,
    },
  }
}

const info = {
  title: 'Faccina: votes of smiley terminals',
  version: '1.0.0',
  description: [
    'At a counter of a public office a citizen presses a green, yellow or red face, and a dissatisfied one may say why. The terminal publishes each of these votes over MQTT, once it is safe on its own disk.',
    'Delivery is at least once, and in order of `sequence` for each terminal and epoch. What comes twice has the same `source` and `id`, and the same content. Sequences have no hole but those that a `gap` or a `summary` explains; the retained `totals` say how far they go, so that a subscriber can prove that it has every vote exactly once.',
    'Within version 1 (`faccina/1`) a field may be added; none is renamed or removed. Whoever reads must let unknown fields pass. The root `faccina/1` can be set otherwise at the terminals of a municipality.',
    'No message holds personal data.',
    'MQTT 5 is used where the broker speaks it, else MQTT 3.1.1; properties of messages exist in MQTT 5 only, and nobody needs them.',
  ].join('\n\n'),
  license: { name: 'EUPL-1.2', url: 'https://eupl.eu/1.2/en/' },
  tags,
}

const servers = {
  municipality: {
    host: '{host}:{port}',
    protocol: 'secure-mqtt',
    protocolVersion: '5.0',
    title: 'The broker of the municipality',
    description:
      'TLS, with the authority of the municipality. Who may write and read what is in the access rules that come with this document.',
    variables: {
      host: { description: 'Its name, as its certificate says it.', default: 'broker.comune.example' },
      port: { description: 'Its port for MQTT over TLS.', default: '8883' },
    },
    security: [
      { $ref: '#/components/securitySchemes/certificate' },
      { $ref: '#/components/securitySchemes/password' },
    ],
    tags: [{ name: 'production' }],
    bindings: {
      mqtt: {
        cleanSession: true,
        keepAlive: 60,
        lastWill: {
          topic: topics.state,
          qos: 1,
          retain: true,
          message: 'A `state` with `"state":"offline"` and `"will":true`: the connection was lost.',
        },
        bindingVersion: '0.2.0',
      },
    },
  },
  newcomer: {
    host: '127.0.0.1:1883',
    protocol: 'mqtt',
    protocolVersion: '3.1.1',
    title: 'The broker that `faccina try` brings along',
    description: 'On one’s own computer, to try everything: no TLS, no password.',
    tags: [{ name: 'trial' }],
  },
}

const securitySchemes = {
  certificate: {
    type: 'X509',
    description:
      'A client certificate of the municipality’s authority. Its common name is who the client is; for a terminal `municipality/office/counter`.',
  },
  password: {
    type: 'userPassword',
    description: 'User name and password; the user name of a terminal is `municipality/office/counter`.',
  },
}

const level = '1 to 64 of a–z, 0–9, _ and -.'
const parameters = {
  municipality: {
    description: `The municipality, best by its code of the public administration: ${level}`,
    examples: ['c_e506'],
  },
  office: { description: `The office: ${level}`, examples: ['anagrafe'] },
  counter: { description: `The counter: ${level}`, examples: ['3'] },
  kind: { description: 'What is warned of.', enum: [...permitted.kind] },
  command: {
    description:
      '`identify`: show that it is you; `replay`: publish again what you still have; `health`: publish your health now; `certificate`: take this one, and come back with it.',
    enum: [...permitted.command],
  },
}

function channelOf(name: Channel): Json {
  const { address, message } = channels[name]
  const used = Object.keys(parameters).filter((parameter) => address.includes(`{${parameter}}`))
  const { title, description } = messages[message]
  return {
    title,
    description,
    address,
    messages: { [message]: { $ref: `#/components/messages/${message}` } },
    parameters: Object.fromEntries(used.map((each) => [each, { $ref: `#/components/parameters/${each}` }])),
  }
}

function messageOf(name: string, message: Message, examples: AsyncApiParts['examples']): Json {
  const { title, summary, description, contentType, headers, tag } = message
  return {
    name,
    title,
    summary,
    description,
    contentType,
    tags: [{ name: tag }],
    ...(headers && { headers: { type: 'object', properties: headers } }),
    ...(headers?.correlationData && {
      correlationId: {
        description: 'Comes back in the answer, untouched (MQTT 5).',
        location: '$message.header#/correlationData',
      },
    }),
    payload: { $ref: `#/components/schemas/${name}` },
    bindings: { mqtt: { payloadFormatIndicator: 1, bindingVersion: '0.2.0' } },
    examples: examples
      .filter(({ schema }) => schema === name)
      .map(({ name, payload }) => ({ name, payload })),
  }
}

/** What each role does, as the access rules have it. */
function* operations(): Generator<[string, Json]> {
  for (const channel of channelNames) {
    const { write, read }: Access = access[channel]
    for (const role of writers(channel, write))
      yield [`${camel(role)}Sends${capital(channel)}`, operation(role, 'send', channel)]
    // What subscribers read, collectors and technicians read as well.
    for (const role of read.filter((each) => each === 'terminal' || each === 'subscriber'))
      yield [`${camel(role)}Receives${capital(channel)}`, operation(role, 'receive', channel)]
  }
}

/** Collectors have one of the commands to themselves. */
function writers(channel: Channel, write: readonly Role[]): readonly Role[] {
  return channel === 'commands'
    ? roles.filter((role) => write.includes(role) || access.command.write.includes(role))
    : write
}

function operation(role: Role, action: 'send' | 'receive', channel: Channel): Json {
  const { message } = channels[channel]
  const { title, summary, retain, expiry, tag } = messages[message]
  const verb = action === 'send' ? 'sends' : 'receives'
  return {
    action,
    channel: { $ref: `#/channels/${channel}` },
    title: `${capital(role)} ${verb}: ${title.toLowerCase()}`,
    summary: channel === 'commands' && role === 'collector' ? 'Of the commands `replay` alone.' : summary,
    tags: [{ name: role }, { name: tag }],
    messages: [{ $ref: `#/channels/${channel}/messages/${message}` }],
    bindings: {
      mqtt: {
        qos: 1,
        ...(action === 'send' && { retain, ...(expiry && { messageExpiryInterval: expiry }) }),
        bindingVersion: '0.2.0',
      },
    },
    ...(message === 'request' && {
      reply: {
        address: {
          description:
            'The MQTT 5 response topic of the request; `command/{command}/reply` where there is none.',
          location: '$message.header#/responseTopic',
        },
        channel: { $ref: '#/channels/response' },
        messages: [{ $ref: '#/channels/response/messages/reply' }],
      },
    }),
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function camel(text: string): string {
  return text.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}
