import { type Topics, topicsOf } from './topics.ts'

/** Who comes to the broker. */
export const roles = ['terminal', 'subscriber', 'collector', 'queue-manager', 'technician'] as const
export type Role = (typeof roles)[number]

/** Who may write and who may read a topic. A terminal may do so with its own topics, all others with those of all terminals. */
export interface Access {
  /** The topic, or a filter where its last level varies. */
  topic: (topics: Topics) => string
  write: readonly Role[]
  read: readonly Role[]
}

const readers: readonly Role[] = ['subscriber', 'collector', 'technician']
const told = { write: ['terminal'], read: readers } as const

/**
 * The access rules of the contract, for each topic that there is; what is not here nobody may write or read.
 * The access file for mosquitto and the table in `access/` are made from this.
 */
export const access: Readonly<Record<keyof Topics, Access>> = {
  vote: { topic: (t) => t.vote, ...told },
  gap: { topic: (t) => t.gap, ...told },
  summary: { topic: (t) => t.summary, ...told },
  // The terminal looks for what a journal before its own had come to.
  totals: { topic: (t) => t.totals, write: ['terminal'], read: ['terminal', ...readers] },
  state: { topic: (t) => t.state, ...told },
  health: { topic: (t) => t.health, ...told },
  survey: { topic: (t) => t.survey, ...told },
  certificate: { topic: (t) => t.certificate, ...told },
  commissioning: { topic: (t) => t.commissioning, ...told },
  committed: { topic: (t) => t.committed, write: ['collector'], read: ['terminal', ...readers] },
  served: { topic: (t) => t.served, write: ['queue-manager'], read: readers },
  alert: { topic: (t) => t.alert('+'), write: ['collector'], read: readers },
  commands: { topic: (t) => t.commands, write: ['technician'], read: ['terminal'] },
  command: { topic: (t) => t.command('replay'), write: ['collector', 'technician'], read: ['terminal'] },
  reply: { topic: (t) => t.reply('+'), write: ['terminal'], read: ['collector', 'technician'] },
}

/** What a rule says of a topic. */
type Right = 'write' | 'read' | 'readwrite'

/** @returns each topic, as a filter, that a role has a right to; `who` is a terminal, or `+/+/+` for all */
function rightsOf(role: Role, root: string, who: string): { topic: string; right: Right }[] {
  const topics = topicsOf(root, who)
  return Object.values(access).flatMap(({ topic, write, read }) => {
    const right = rightTo(write.includes(role), read.includes(role))
    return right ? [{ topic: topic(topics), right }] : []
  })
}

function rightTo(write: boolean, read: boolean): Right | undefined {
  if (write) return read ? 'readwrite' : 'write'
  return read ? 'read' : undefined
}

/** How each role is called in the sample rules; a terminal by its three names, `c_e506/anagrafe/3`. */
const about: Readonly<Record<Role, string>> = {
  terminal:
    'Terminals: the user name is municipality/office/counter, and only its own topics are open to it.',
  subscriber: 'Whoever reads the votes: a data warehouse, a dashboard, an export. Writes nothing.',
  collector: 'Stores votes, says how far it is, asks terminals for what is missing, and warns.',
  'queue-manager': 'Says how many people were served. Reads nothing.',
  technician:
    'Reads what terminals say, asks them to identify themselves, to replay, for their health, and brings them certificates.',
}

/** The access file for mosquitto (`acl_file`), for the topics of a root. */
export function mosquittoAcl(root = 'faccina/1'): string {
  const sections = roles.map((role) => {
    const isTerminal = role === 'terminal'
    const keyword = isTerminal ? 'pattern' : 'topic'
    const rules = rightsOf(role, root, isTerminal ? '%u' : '+/+/+').map(
      ({ topic, right }) => `${keyword} ${right} ${topic}`,
    )
    // The patterns are for everybody: without this, whoever is no terminal could play one of its own name.
    const user = isTerminal ? [] : [`user ${role}`, `topic deny ${root}/${role}/#`]
    return [`# ${about[role]}`, ...user, ...rules].join('\n')
  })
  const head = [
    '# Access rules of Faccina for mosquitto. Made from src/contract/access.ts: `npm run generate`.',
    '# What is not listed is denied. The user name is the common name of the client certificate.',
  ].join('\n')
  return `${[head, ...sections].join('\n\n')}\n`
}

/** The same as a Markdown table: the topics, and who may write (w) and read (r) them. */
export function accessTable(): string {
  const topics = topicsOf('…', '…')
  const cell = (role: Role, { write, read }: Access) =>
    [write.includes(role) && 'w', read.includes(role) && 'r'].filter(Boolean).join(' ') || '–'
  const rows = Object.values(access).map((each) => [
    `\`${each.topic(topics).replace('…/…/', '')}\``,
    ...roles.map((role) => cell(role, each)),
  ])
  const widths = ['topic', ...roles].map((head, i) =>
    Math.max(head.length, ...rows.map((row) => row[i]!.length)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, i) => text.padEnd(widths[i]!)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(['topic', ...roles]), rule, ...rows.map(line)].join('\n')
}
