import * as v from 'valibot'
import { type SurveyId, surveys } from '../domain/surveys/index.ts'
import { faces, languages } from '../domain/words.ts'
import { brokerSchema } from './broker-schema.ts'
import { deliverySchema, privacySchema } from './delivery-schema.ts'
import { hoursSchema } from './hours-schema.ts'
import { about, choice, choices, fraction, name, path, wholeNumber } from './kinds.ts'
import { listen } from './listen.ts'
import { lightsSchema, panelSchema, partsSchema } from './panel-schema.ts'

/**
 * The one truth about the settings: type, default, limits, title, description and unit of each key.
 * Messages, reference, example and JSON Schema are all read from here.
 */

const terminal = v.pipe(
  v.strictObject({
    municipality: name({
      title: 'Municipality',
      description: 'Best its code as a public administration (indicepa.gov.it), so that no two are alike.',
      example: 'c_e506',
    }),
    office: name({
      title: 'Office',
      description: 'The office within the municipality.',
      example: 'anagrafe',
    }),
    counter: name({
      title: 'Counter',
      description: 'The counter within the office. No two terminals may share all three.',
      example: '3',
    }),
  }),
  about({
    title: 'Terminal',
    description: 'Where this terminal stands. It is part of each of its topics and votes.',
  }),
)

const browser = v.pipe(
  v.strictObject({
    listen: v.optional(
      listen(
        'Address and port of the panel’s page. 127.0.0.1 is this computer alone; port 0 takes any that is free.',
      ),
      '127.0.0.1:8080',
    ),
  }),
  about({ title: 'Browser panel', description: 'The panel as a page, on a touch screen or for a mouse.' }),
)

const storage = v.pipe(
  v.strictObject({
    directory: v.optional(
      path({ title: 'Directory', description: 'Where the journal with the votes is kept.' }),
      '/var/lib/faccina',
    ),
    maxMebibytes: v.optional(
      wholeNumber(4, 65536, {
        title: 'Largest size',
        description: 'What the journal may take of the disk. 256 MiB hold almost two million votes.',
        unit: 'MiB',
      }),
      256,
    ),
  }),
  about({ title: 'Storage', description: 'The terminal’s own disk.' }),
)

const visitGroup = v.strictObject({
  correctionSeconds: v.optional(
    fraction(0, 10, {
      title: 'Correction',
      description: 'How long after the first press another face still replaces it. 0: never.',
      unit: 'seconds',
    }),
    2,
  ),
  lockoutSeconds: v.optional(
    fraction(1, 30, {
      title: 'Lock-out',
      description:
        'How long after a vote the next citizen’s press does not count yet. Not below visit.correctionSeconds.',
      unit: 'seconds',
    }),
    3,
  ),
  reasonSeconds: v.optional(
    fraction(5, 120, {
      title: 'Time for the reason',
      description: 'How long the reasons are offered; each touch begins it anew.',
      unit: 'seconds',
    }),
    20,
  ),
})

const visit = v.pipe(
  visitGroup,
  v.forward(
    v.partialCheck(
      [['correctionSeconds'], ['lockoutSeconds']],
      ({ correctionSeconds, lockoutSeconds }) => lockoutSeconds >= correctionSeconds,
      'It may not be less than visit.correctionSeconds.',
    ),
    ['lockoutSeconds'],
  ),
  about({ title: 'Visit', description: 'The rhythm of one citizen’s vote.' }),
)

const keys = v.pipe(
  v.strictObject({
    stuckSeconds: v.optional(
      wholeNumber(5, 600, {
        title: 'Stuck',
        description:
          'A key held down longer than this is stuck, and ignored until it is released. One that is pressed again and again for so long, or trembles, is ignored until it has been quiet for five seconds. Below 12 the outer keys cannot be held for the self-test.',
        unit: 'seconds',
      }),
      30,
    ),
  }),
  about({ title: 'Keys', description: 'What is taken for a press.' }),
)

const health = v.pipe(
  v.strictObject({
    periodSeconds: v.optional(
      wholeNumber(10, 3600, {
        title: 'Period',
        description: 'How often the terminal tells the broker how it is.',
        unit: 'seconds',
      }),
      60,
    ),
  }),
  about({ title: 'Health', description: 'What the terminal says about itself.' }),
)

const log = v.pipe(
  v.strictObject({
    level: v.optional(
      choice(['debug', 'info', 'warn', 'error'], {
        title: 'Level',
        description: 'The least important events that are still logged.',
      }),
      'info',
    ),
  }),
  about({ title: 'Log', description: 'What the terminal writes into the system’s log.' }),
)

const clock = v.pipe(
  v.strictObject({
    source: v.optional(
      choice(['auto', 'system'], {
        title: 'Source',
        description:
          'auto: the time counts as right once the system says that it is synchronised. system: the computer’s clock is always trusted, for one that is set without a network.',
      }),
      'auto',
    ),
    waitSeconds: v.optional(
      wholeNumber(0, 3600, {
        title: 'Wait',
        description:
          'How long votes whose time is not known yet wait, once there is a connection, for the clock to be synchronised. After that they are sent with a time that is marked as unknown.',
        unit: 'seconds',
      }),
      120,
    ),
  }),
  about({ title: 'Clock', description: 'Where the time of a vote comes from.' }),
)

const all = v.strictObject({
  terminal,
  broker: v.nullish(brokerSchema, {}),
  panel: panelSchema,
  parts: v.nullish(partsSchema, {}),
  lights: v.nullish(lightsSchema, {}),
  browser: v.nullish(browser, {}),
  storage: v.nullish(storage, {}),
  delivery: v.nullish(deliverySchema, {}),
  survey: v.optional(
    choice(Object.keys(surveys) as SurveyId[], {
      title: 'Survey',
      description: 'The question, the faces and the reasons.',
    }),
    'it-2009',
  ),
  asks: v.exactOptional(
    choices(faces, 0, {
      title: 'Faces that ask',
      description: 'The faces after which the reason is asked. [] asks never.',
      example: ['dissatisfied'],
      otherwise: 'those of the survey',
    }),
  ),
  languages: v.optional(
    choices(languages, 1, {
      title: 'Languages',
      description: 'The languages a citizen can choose from; the first one is the panel’s own.',
    }),
    ['it'],
  ),
  visit: v.nullish(visit, {}),
  keys: v.nullish(keys, {}),
  hours: v.nullish(hoursSchema),
  health: v.nullish(health, {}),
  log: v.nullish(log, {}),
  clock: v.nullish(clock, {}),
  privacy: v.nullish(privacySchema, {}),
})

/** The settings file as a whole. */
export const settingsSchema = v.pipe(
  all,
  v.forward(
    v.partialCheck(
      [['survey'], ['languages']],
      ({ survey, languages }) => languages.every((language) => language in surveys[survey].texts),
      'The survey has no texts in one of them.',
    ),
    ['languages'],
  ),
  about({ title: 'Faccina settings', description: 'The settings file of a Faccina terminal.' }),
)
