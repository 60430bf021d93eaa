import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { parse } from 'yaml'
import { formatProblem, parseSettings, settingsJsonSchema } from '../../src/settings/index.ts'
import { leaky, secret, smallest } from './files.ts'

const accepts = new Ajv2020({ allowUnionTypes: true }).compile(settingsJsonSchema())
const said = (text: string): string[] => {
  const parsed = parseSettings(text, 'f')
  return parsed.ok ? [] : parsed.problems.map(formatProblem)
}

const name = '1 to 64 of a-z, 0-9, _ and -'
const path = 'a path that begins with /'
const beside = 'the name of a file beside this one, or a path that begins with /'
const address = 'mqtts://host:port or mqtt://host:port'
const times = 'HH:MM-HH:MM, such as 08:30-12:30'
const brokerKeys = 'url, username, password, passwordFile, ca, certificate, key, clientId, topicRoot'
const topKeys =
  'terminal, broker, panel, parts, lights, browser, storage, delivery, survey, asks, languages, visit, keys, hours, health, log, clock, privacy'
const profiles =
  'browser, arcade-linux, arcade-pi5, arcade-raspi, arcade-usb, encoder-usb, touch-linux, touch-raspi, touch-usb, nextion, faces-only, or the path of a profile of your own'
const group = 'Begin a line for each key below it, two spaces further in, with a space after the colon.'

/** One wrong line after the smallest file (so it is line 5) → what is said of it, without the `f:5: `. */
const lines: [string, string][] = [
  ['broker: {keepAlive: 3}', `broker.keepAlive: found an unknown key; allowed here: ${brokerKeys}.`],
  ['broker: {ulr: x}', `broker.ulr: found an unknown key; allowed here: ${brokerKeys}. Did you mean url?`],
  ['borker: {}', `borker: found an unknown key; allowed here: ${topKeys}. Did you mean broker?`],
  [
    'keepDays: 3',
    `keepDays: found an unknown key; allowed here: ${topKeys}. Did you mean delivery.keepDays?`,
  ],
  ['toString: x', `toString: found an unknown key; allowed here: ${topKeys}.`],
  ['__proto__: x', `__proto__: found an unknown key; allowed here: ${topKeys}.`],
  [
    '<<: {log: {}}',
    `<<: found an unknown key; allowed here: ${topKeys}. Merging is not supported: write the keys out.`,
  ],
  [
    'broker: {url: http://b}',
    `broker.url: found "http://b"; allowed here: ${address}. The terminal speaks MQTT over TCP or TLS only.`,
  ],
  [
    'broker: {url: b.example:1883}',
    `broker.url: found "b.example:1883"; allowed here: ${address}. Put mqtts:// in front of it.`,
  ],
  ['broker: {url: mqtt://b:70000}', `broker.url: found "mqtt://b:70000"; allowed here: ${address}.`],
  [
    'broker: {topicRoot: /faccina/}',
    'broker.topicRoot: found "/faccina/"; allowed here: levels of A-Z, a-z, 0-9, _ and -, with / between them. Leave out the / at the beginning and the end.',
  ],
  [
    'broker: {topicRoot: faccina/+}',
    'broker.topicRoot: found "faccina/+"; allowed here: levels of A-Z, a-z, 0-9, _ and -, with / between them. + and # are for those who subscribe.',
  ],
  ['broker: {password: ""}', 'broker.password: found an empty text; allowed here: 1 to 1024 characters.'],
  [
    'broker: {password: p, passwordFile: /p}',
    `broker.passwordFile: found "/p"; allowed here: ${beside}. Give either broker.password or broker.passwordFile, not both.`,
  ],
  [
    'broker: {url: mqtts://b, certificate: /c}',
    `broker.certificate: found "/c"; allowed here: ${beside}. It only works together with broker.key, which is missing.`,
  ],
  [
    'broker: {url: mqtts://b, key: /k}',
    `broker.key: found "/k"; allowed here: ${beside}. It only works together with broker.certificate, which is missing.`,
  ],
  [
    'broker: {url: mqtt://b, ca: /ca}',
    `broker.ca: found "/ca"; allowed here: ${beside}. It only works with an encrypted connection: broker.url must begin with mqtts://.`,
  ],
  [
    'broker: {url: mqtts://b, ca: tls/ca.pem}',
    `broker.ca: found "tls/ca.pem"; allowed here: ${beside}. Put the file beside this one, and write its name alone: ca.pem.`,
  ],
  [
    'panel: raspi',
    `panel: found "raspi"; allowed here: ${profiles}. Did you mean arcade-raspi or touch-raspi?`,
  ],
  ['panel: nextoin', `panel: found "nextoin"; allowed here: ${profiles}. Did you mean nextion?`],
  ['parts: {display: oled}', `parts.display: found "oled"; allowed here: ${profiles}.`],
  [
    'lights: {night: "8:00-20:00"}',
    'lights.night: found "8:00-20:00"; allowed here: HH:MM-HH:MM, such as 20:00-07:00. Write hours with two digits.',
  ],
  [
    'browser: {listen: 8080}',
    'browser.listen: found 8080, a number without quotes; allowed here: host:port such as 127.0.0.1:8080 or "[::1]:8080", the port from 0 to 65535. Write the address, too: 127.0.0.1:8080.',
  ],
  [
    'browser: {listen: localhost}',
    'browser.listen: found "localhost"; allowed here: host:port such as 127.0.0.1:8080 or "[::1]:8080", the port from 0 to 65535. Write the port, too, after a colon.',
  ],
  [
    'storage: {directory: data}',
    `storage.directory: found "data"; allowed here: ${path}. Say where it begins, in front of it.`,
  ],
  [
    'storage: {maxMebibytes: 2}',
    'storage.maxMebibytes: found 2; allowed here: a whole number of MiB from 4 to 65536.',
  ],
  [
    'storage: {maxMebibytes: 256MiB}',
    'storage.maxMebibytes: found "256MiB"; allowed here: a whole number of MiB from 4 to 65536. Write the number alone.',
  ],
  ['storage: hello', `storage: found a text; allowed here: directory, maxMebibytes. ${group}`],
  ['storage: [directory]', `storage: found a list; allowed here: directory, maxMebibytes. ${group}`],
  ['delivery: {window: 0}', 'delivery.window: found 0; allowed here: a whole number of votes from 1 to 256.'],
  [
    'delivery: {window: 1.5}',
    'delivery.window: found 1.5; allowed here: a whole number of votes from 1 to 256.',
  ],
  [
    'delivery: {window: "16"}',
    'delivery.window: found "16"; allowed here: a whole number of votes from 1 to 256. Write 16 without quotes.',
  ],
  [
    'delivery: {acknowledgementSeconds: 601}',
    'delivery.acknowledgementSeconds: found 601; allowed here: a whole number of seconds from 5 to 600.',
  ],
  [
    'delivery: {keepDays: .inf}',
    'delivery.keepDays: found Infinity; allowed here: a whole number of days from 0 to 3650.',
  ],
  [
    'delivery: {keepDays: }',
    'delivery.keepDays: found nothing; allowed here: a whole number of days from 0 to 3650. Give it a value, or leave the line out.',
  ],
  ['survey: it-2010', 'survey: found "it-2010"; allowed here: it-2009. Did you mean it-2009?'],
  ['asks: [sad]', 'asks: found "sad"; allowed here: satisfied, neutral, dissatisfied.'],
  [
    'asks: neutral',
    'asks: found "neutral"; allowed here: a list of any of satisfied, neutral, dissatisfied. Write it as a list: [neutral].',
  ],
  ['languages: []', 'languages: found an empty list; allowed here: a list of 1 to 5 of it, de, sl, fr, en.'],
  [
    'languages: [it, it]',
    'languages: found [it, it]; allowed here: a list of 1 to 5 of it, de, sl, fr, en. Each may be in the list only once.',
  ],
  ['languages: [it, es]', 'languages: found "es"; allowed here: it, de, sl, fr, en.'],
  [
    'visit: {lockoutSeconds: 1}',
    'visit.lockoutSeconds: found 1; allowed here: a number of seconds from 1 to 30. It may not be less than visit.correctionSeconds.',
  ],
  [
    'visit: {correctionSeconds: 5}',
    'visit.lockoutSeconds: found 3, the default; allowed here: a number of seconds from 1 to 30. It may not be less than visit.correctionSeconds.',
  ],
  [
    'visit: {reasonSeconds: "7,5"}',
    'visit.reasonSeconds: found "7,5"; allowed here: a number of seconds from 5 to 120. Write 7.5, with a point.',
  ],
  [
    'keys: {stuckSeconds: yes}',
    'keys.stuckSeconds: found "yes"; allowed here: a whole number of seconds from 5 to 600. Write the number alone.',
  ],
  [
    'hours: {holidays: italy}',
    'hours.week: found nothing; allowed here: monday, tuesday, wednesday, thursday, friday, saturday, sunday. No file goes without it.',
  ],
  [
    'hours: {week: {}}',
    'hours.week: found a group of keys; allowed here: monday, tuesday, wednesday, thursday, friday, saturday, sunday. No day has an opening time, so no vote would ever be taken. Leave out hours if the office is always open.',
  ],
  [
    'hours: {week: {monday: [8.30 - 12.30]}}',
    `hours.week.monday: found "8.30 - 12.30"; allowed here: ${times}. Write it as 08:30-12:30.`,
  ],
  [
    'hours: {week: {monday: 08:30-12:30}}',
    `hours.week.monday: found "08:30-12:30"; allowed here: a list, each item ${times}. Write it as a list: [08:30-12:30].`,
  ],
  [
    'hours: {week: {monday: [12:30-08:30]}}',
    `hours.week.monday: found "12:30-08:30"; allowed here: ${times}. It ends before it begins.`,
  ],
  [
    'hours: {week: {monday: [24:00-24:00]}}',
    `hours.week.monday: found "24:00-24:00"; allowed here: ${times}.`,
  ],
  [
    'hours: {week: {monday: [08:00-12:00, 11:00-13:00]}}',
    `hours.week.monday: found [08:00-12:00, 11:00-13:00]; allowed here: a list, each item ${times}. Two of them overlap.`,
  ],
  [
    'hours: {timeZone: Europe/Roma, week: {monday: [08:00-12:00]}}',
    'hours.timeZone: found "Europe/Roma"; allowed here: a name of the IANA time zone database, such as Europe/Rome. Did you mean Europe/Rome?',
  ],
  [
    'hours: {closedDates: [2026-02-30], week: {monday: [08:00-12:00]}}',
    'hours.closedDates: found "2026-02-30"; allowed here: a date such as 2026-12-24. There is no such day.',
  ],
  [
    'hours: {closedDates: [24/12/2026], week: {monday: [08:00-12:00]}}',
    'hours.closedDates: found "24/12/2026"; allowed here: a date such as 2026-12-24. Write year, month and day: 2026-12-24.',
  ],
  [
    'hours: {outside: yes, week: {monday: [08:00-12:00]}}',
    'hours.outside: found "yes"; allowed here: closed, open.',
  ],
  [
    'health: {periodSeconds: 9}',
    'health.periodSeconds: found 9; allowed here: a whole number of seconds from 10 to 3600.',
  ],
  ['log: {level: trace}', 'log.level: found "trace"; allowed here: debug, info, warn, error.'],
  [
    'log: {level: warm}',
    'log.level: found "warm"; allowed here: debug, info, warn, error. Did you mean warn?',
  ],
  ['log: {level: true}', 'log.level: found true; allowed here: debug, info, warn, error.'],
  ['clock: {source: rtc}', 'clock.source: found "rtc"; allowed here: auto, system.'],
  [
    'clock: {waitSeconds: 3601}',
    'clock.waitSeconds: found 3601; allowed here: a whole number of seconds from 0 to 3600.',
  ],
  [
    'delivery: {confirmation: colector}',
    'delivery.confirmation: found "colector"; allowed here: broker, collector. Did you mean collector?',
  ],
  [
    'delivery: {recommitSeconds: 4}',
    'delivery.recommitSeconds: found 4; allowed here: a whole number of seconds from 5 to 86400.',
  ],
  [
    'privacy: {timePrecision: week}',
    'privacy.timePrecision: found "week"; allowed here: exact, minute, hour, day.',
  ],
  ['privacy: {batch: 0}', 'privacy.batch: found 0; allowed here: a whole number of votes from 1 to 100.'],
]

/** What a JSON Schema cannot say, or leaves to the program. */
const beyondJsonSchema =
  /^(browser: {listen: 8080}|broker: .*mqtt:\/\/b, ca|visit: {(lockoutSeconds|correctionSeconds)|hours: .*(week: {}}|12:30-08:30|11:00-13:00|Roma|02-30)|hours: {holidays)/

t.test('one wrong line', async (t) => {
  for (const [line, sentence] of lines) {
    const text = `${smallest}${line}\n`
    t.strictSame(said(text), [`f:5: ${sentence}`], line)
    if (!beyondJsonSchema.test(line)) t.notOk(accepts(parse(text)), `JSON Schema: ${line}`)
  }
})

t.test('the terminal must be named', async (t) => {
  const needed = `allowed here: ${name}. It must be set.`
  t.strictSame(said('log: {}\n'), [
    'f:1: terminal: found nothing; allowed here: municipality, office, counter. No file goes without it.',
  ])
  t.strictSame(said('terminal:\n'), [
    `f:1: terminal: found nothing; allowed here: municipality, office, counter. ${group}`,
  ])
  t.strictSame(said('\nterminal:\n  office: a\n'), [
    `f:2: terminal.municipality: found nothing; ${needed}`,
    `f:2: terminal.counter: found nothing; ${needed}`,
  ])
  t.strictSame(said('terminal:\n  municipality: C_E506\n  office: Servizi Sociali\n  counter: 3.5\n'), [
    `f:2: terminal.municipality: found "C_E506"; allowed here: ${name}. It has upper case. Write it as c_e506.`,
    `f:3: terminal.office: found "Servizi Sociali"; allowed here: ${name}. It has upper case and a space. Write it as servizi-sociali.`,
    `f:4: terminal.counter: found 3.5, a number without quotes; allowed here: ${name}. It has the sign ..`,
  ])
})

t.test('all problems at once, in the order of the lines', async (t) => {
  const text = `log:\n  level: loud\n  colour: red\n  level: info\nterminal: {}\ndelivery:\n  window: 0\n  keepDays: -1\n`
  t.strictSame(
    said(text).map((sentence) => sentence.split(' found ')[0]),
    [
      'f:3: log.colour:',
      'f:4: log.level:',
      'f:5: terminal.municipality:',
      'f:5: terminal.office:',
      'f:5: terminal.counter:',
      'f:7: delivery.window:',
      'f:8: delivery.keepDays:',
    ],
  )
})

t.test('a problem knows its column', async (t) => {
  const parsed = parseSettings(`${smallest}delivery: {keepDays: 1, window: 0}\n`, 'f')
  t.match(parsed, {
    ok: false,
    problems: [{ file: 'f', line: 5, column: 25, key: 'delivery.window', found: '0' }],
  })
})

t.test('no message repeats a password', async (t) => {
  for (const [where, lines] of Object.entries(leaky)) {
    const parsed = parseSettings(lines, 'f')
    t.notOk(parsed.ok, where)
    t.notMatch(JSON.stringify(parsed), secret, where)
  }
})

t.test('a password in place of the file that holds it is not repeated', async (t) => {
  const lines = said(`${smallest}broker: {passwordFile: ${secret}, key: ${secret}}\n`)
  t.match(lines.join('\n'), /broker\.key: found a text; allowed here: the name of a file beside this one/)
  t.notMatch(lines.join('\n'), secret)
})
