import t from 'tap'
import { parseSettings, type Settings } from '../../src/settings/index.ts'
import { smallest } from './files.ts'

function settings(text: string): Settings {
  const parsed = parseSettings(text, 'faccina.yaml')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.settings
}

t.test('the smallest file has every default', async (t) => {
  t.strictSame(settings(smallest), {
    terminal: { municipality: 'c_e506', office: 'anagrafe', counter: '3' },
    broker: { clientId: 'faccina-c_e506-anagrafe-3', topicRoot: 'faccina/1' },
    parts: {},
    lights: { brightnessPercent: 100, nightPercent: 30, animation: 'on' },
    browser: { listen: { host: '127.0.0.1', port: 8080 } },
    storage: { directory: '/var/lib/faccina', maxMebibytes: 256 },
    delivery: {
      confirmation: 'broker',
      recommitSeconds: 60,
      window: 16,
      acknowledgementSeconds: 30,
      keepDays: 30,
    },
    survey: 'it-2009',
    asks: ['dissatisfied'],
    languages: ['it'],
    visit: { correctionSeconds: 2, lockoutSeconds: 3, reasonSeconds: 20 },
    keys: { stuckSeconds: 30 },
    health: { periodSeconds: 60 },
    log: { level: 'info' },
    clock: { source: 'auto', waitSeconds: 120 },
    privacy: { timePrecision: 'exact', batch: 1 },
  })
})

t.test('a section with nothing in it has its defaults', async (t) => {
  const empty =
    'broker:\nparts:\nlights:\nbrowser:\nstorage:\ndelivery:\nvisit:\nkeys:\nhours:\nhealth:\nlog:\nclock:\nprivacy:\n'
  t.strictSame(settings(smallest + empty), settings(smallest))
})

t.test('a name is taken as it is written, even where YAML sees a number', async (t) => {
  const counters = {
    '3': '3',
    '03': '03',
    '"03"': '03',
    '2e1': '2e1',
    '0x1f': '0x1f',
    '-1': '-1',
    true: 'true',
    no: 'no',
  }
  for (const [written, counter] of Object.entries(counters)) {
    const text = `terminal: {municipality: 016035, office: 12, counter: ${written}}\n`
    t.strictSame(settings(text).terminal, { municipality: '016035', office: '12', counter }, written)
  }
  t.equal(settings(`${smallest}broker:\n  password: 0123\n`).broker.password, '0123')
})

t.test('the broker', async (t) => {
  for (const url of [
    'mqtt://localhost',
    'mqtts://10.0.0.1:8883',
    'mqtts://[fe80::1]:8883/',
    'mqtt://mqtt_broker',
  ])
    t.equal(settings(`${smallest}broker:\n  url: ${url}\n`).broker.url, url)
  const tls =
    'broker: {url: "mqtts://b", ca: /ca, certificate: /c, key: /k, clientId: me, topicRoot: a/B_2}\n'
  t.match(settings(smallest + tls).broker, {
    ca: '/ca',
    certificate: '/c',
    key: '/k',
    clientId: 'me',
    topicRoot: 'a/B_2',
  })
})

t.test('where the browser panel listens', async (t) => {
  const addresses = {
    '127.0.0.1:8080': { host: '127.0.0.1', port: 8080 },
    'localhost:0': { host: 'localhost', port: 0 },
    '"[::1]:65535"': { host: '::1', port: 65535 },
  }
  for (const [written, listen] of Object.entries(addresses))
    t.strictSame(settings(`${smallest}browser:\n  listen: ${written}\n`).browser.listen, listen)
})

t.test('opening hours', async (t) => {
  const hours = `hours:
  week:
    monday: [15:00-17:30, 08:30-12:30]
    tuesday:
      - 20:00-24:00
    wednesday:
  closedDates:
    - 2026-12-24
  outside: open
`
  t.strictSame(settings(smallest + hours).hours, {
    timeZone: 'Europe/Rome',
    week: {
      monday: [
        { from: 510, to: 750 },
        { from: 900, to: 1050 },
      ],
      tuesday: [{ from: 1200, to: 1440 }],
      wednesday: [],
      thursday: [],
      friday: [],
      saturday: [],
      sunday: [],
    },
    holidays: 'italy',
    closedDates: ['2026-12-24'],
    outside: 'open',
  })
})

t.test('lists, fractions and what depends on other settings', async (t) => {
  const some = settings(
    `${smallest}asks: []\nlanguages: [de, it]\nvisit: {correctionSeconds: 1.5, lockoutSeconds: 1.5}\n`,
  )
  t.match(some, { asks: [], languages: ['de', 'it'], visit: { correctionSeconds: 1.5, lockoutSeconds: 1.5 } })
})

t.test('the file may come from Windows', async (t) => {
  t.strictSame(settings(`\uFEFF${smallest.replaceAll('\n', '\r\n')}`), settings(smallest))
})

t.test('a few aliases are fine', async (t) => {
  const week = 'hours:\n  week:\n    monday: &all [08:00-12:00]\n    tuesday: *all\n'
  t.strictSame(settings(smallest + week).hours?.week.tuesday, [{ from: 480, to: 720 }])
})

t.test('what works but is probably not meant', async (t) => {
  const cases: [string, [string, string][]][] = [
    ['broker: {url: mqtts://b, username: u, password: p}', []],
    ['broker: {url: mqtt://127.0.0.1:1883, username: u, password: p}', []],
    [
      'broker: {url: mqtt://b, username: u, password: p}',
      [
        [
          'broker.password',
          'the password goes over the network unencrypted. Use mqtts:// if the broker can.',
        ],
      ],
    ],
    [
      'broker: {url: mqtts://b, passwordFile: /p}',
      [['broker.passwordFile', 'a password without broker.username is understood by MQTT 5 brokers only.']],
    ],
    ['broker: {username: u}', [['broker', 'broker.url is not set, so that the votes are only stored.']]],
    [
      'browser: {listen: 0.0.0.0:80}',
      [['browser.listen', 'whoever reaches this address over the network can press the faces.']],
    ],
    ['keys: {stuckSeconds: 12}', []],
    [
      'keys: {stuckSeconds: 11}',
      [
        [
          'keys.stuckSeconds',
          'the outer keys are stuck before the ten seconds that begin the self-test are over. Use 12 or more.',
        ],
      ],
    ],
  ]
  for (const [line, expected] of cases) {
    const parsed = parseSettings(`${smallest}${line}\n`, 'faccina.yaml')
    t.ok(parsed.ok, line)
    t.strictSame(parsed.ok && parsed.warnings.map(({ key, message }) => [key, message]), expected, line)
  }
})

t.test('a night is two minutes of the day', async (t) => {
  t.same(settings(`${smallest}lights: {night: 20:00-07:30}\n`).lights.night, { from: 1200, to: 450 })
})
