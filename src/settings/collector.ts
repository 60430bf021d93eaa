import * as v from 'valibot'
import type { Hours } from '../domain/hours.ts'
import { collectorsBrokerSchema, withPaths } from './broker-schema.ts'
import { checkFile } from './checked-file.ts'
import { describe } from './describe.ts'
import type { FileWords } from './document.ts'
import { exampleOf } from './example.ts'
import { hoursSchema } from './hours-schema.ts'
import { about, choice, fraction, text, wholeNumber } from './kinds.ts'
import { listen } from './listen.ts'
import type { Problem } from './problem.ts'

const level = '([a-z0-9_-]{1,64}|\\+)'

const alerts = v.pipe(
  v.strictObject({
    dissatisfiedPercent: v.optional(
      wholeNumber(1, 100, {
        title: 'Dissatisfied',
        description: 'Warns of a counter where at least this share of the latest votes is dissatisfied.',
        unit: 'percent',
      }),
      50,
    ),
    windowMinutes: v.optional(
      wholeNumber(5, 1440, {
        title: 'Window',
        description: 'How far back the latest votes reach.',
        unit: 'minutes',
      }),
      120,
    ),
    minimumVotes: v.optional(
      wholeNumber(5, 1000, {
        title: 'Least votes',
        description: 'With fewer votes than this in the window nothing is concluded.',
        unit: 'votes',
      }),
      15,
    ),
    silentMinutes: v.optional(
      fraction(0.1, 10080, {
        title: 'Silence',
        description:
          'Warns of a terminal that has said nothing for this long while the offices are open; see hours.',
        unit: 'minutes',
      }),
      15,
    ),
  }),
  about({
    title: 'Alerts',
    description: 'What the live page warns of, and the topic `alert/…` of the terminal that it is about.',
  }),
)

const all = v.strictObject({
  broker: v.nullish(collectorsBrokerSchema, {}),
  database: v.optional(
    text(
      /^(postgres(ql)?:\/\/\S+|(?!\w+:\/\/)[^\0]+)$/,
      {
        title: 'Database',
        description:
          'Where the votes go: an SQLite file, which is made if need be, or a PostgreSQL database.',
        words: 'a path, or postgres://host/database',
      },
      () => 'SQLite is named by the path of its file alone.',
    ),
    'faccina-votes.db',
  ),
  terminals: v.optional(
    text(
      new RegExp(`^${level}/${level}/${level}$`),
      {
        title: 'Terminals',
        description: 'Whose votes are collected: municipality/office/counter, with + for all.',
        words: 'three names of a-z, 0-9, _ and -, or +, with / between them',
      },
      (written) => (written.includes('#') ? 'Write + for each level in place of #.' : ''),
    ),
    '+/+/+',
  ),
  share: v.exactOptional(
    text(/^[A-Za-z0-9_-]{1,64}$/, {
      title: 'Share',
      description:
        'A name under which several collectors share the votes, each taking a part; they need one PostgreSQL database.',
      words: '1 to 64 of A-Z, a-z, 0-9, _ and -',
      example: 'collectors',
      otherwise: 'this collector takes all',
    }),
  ),
  http: v.exactOptional(
    listen(
      'Address and port of the live page. 127.0.0.1 is this computer alone; port 0 takes any that is free.',
      '127.0.0.1:8090',
    ),
  ),
  language: v.optional(
    choice(['it', 'en'], { title: 'Language', description: 'What the live page and the alerts speak.' }),
    'it',
  ),
  hours: v.nullish(hoursSchema),
  alerts: v.nullish(alerts, {}),
  log: v.nullish(
    v.pipe(
      v.strictObject({
        level: v.optional(
          choice(['debug', 'info', 'warn', 'error'], {
            title: 'Level',
            description: 'The least important thing that is logged.',
          }),
          'info',
        ),
      }),
      about({ title: 'Log', description: 'What goes to the standard error output, and so to journald.' }),
    ),
    {},
  ),
})

const collectorSchema = v.pipe(
  all,
  v.forward(
    v.partialCheck(
      [['share'], ['database']],
      ({ share, database }) => share === undefined || /^postgres(ql)?:/.test(database),
      'Collectors that share the votes need a PostgreSQL database: database must begin with postgres://.',
    ),
    ['share'],
  ),
  about({ title: 'Collector settings', description: 'The settings file of faccina collect.' }),
)

type Checked = v.InferOutput<typeof collectorSchema>

/** The settings of a collector, checked and complete. */
export interface CollectorSettings extends Omit<Checked, 'hours'> {
  /** Absent: the offices are always open. */
  hours?: Hours
}

const words: FileWords = {
  nothing: 'no settings',
  sections: 'sections such as broker',
  start: 'Begin with what `faccina collect --example` prints.',
}

/**
 * Reads the settings file of a collector.
 * @param text what is in it
 * @param file its name, for the messages
 */
export function parseCollectorSettings(
  text: string,
  file: string,
): { ok: true; settings: CollectorSettings } | { ok: false; problems: Problem[] } {
  const checked = checkFile(text, file, () => collectorSchema, words)
  if (!checked.ok) return checked
  const { hours, ...settings } = checked.values
  return {
    ok: true,
    settings: { ...settings, broker: withPaths(settings.broker, file), ...(hours && { hours }) },
  }
}

const head = `# Settings of a Faccina collector. What is switched on below is enough to begin with; the rest shows
# its default, or an example where there is none. To switch a line on, remove the # that has no space
# behind it, there and at the name of its section.`

/** A settings file of a collector to begin with. It can be used as it is. */
export function collectorExample(): string {
  const described = describe(collectorSchema as unknown as v.GenericSchema)
  return exampleOf(described, head, ['broker', 'broker.url', 'database'])
}
