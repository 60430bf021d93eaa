import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse, stringify } from 'yaml'
import {
  maskedSettings,
  parseSettings,
  type Settings,
  settingsExample,
  settingsJsonSchema,
} from '../../../src/settings/index.ts'
import { formatWarning } from '../../../src/settings/problem.ts'
import { must, mustEqual, type Target } from '../engine/target.ts'
import { filesIn } from '../inputs.ts'
import { hoursWritten, listenText, shiftText } from '../writable.ts'
import {
  fileName,
  isSecretOnly,
  mustBeClean,
  mustBeWords,
  secret,
  textOrWhy,
  yamlReader,
  yamlWords,
} from '../yaml-oracles.ts'

const target: Target = {
  holds:
    'bytes are settings, or problems with a line and a sentence; settings written out again read the same, and fit the JSON Schema; no password is told',
  covers: [
    ...yamlReader,
    'src/settings/broker-schema.ts',
    'src/settings/hours-schema.ts',
    'src/settings/listen.ts',
    'src/settings/masked.ts',
    'src/settings/panel-part.ts',
    'src/settings/panel-schema.ts',
    'src/settings/parse.ts',
    'src/settings/schema.ts',
    'src/settings/settings.ts',
    'src/settings/warnings.ts',
  ],
  guides: ['yaml'],
  maxBytes: 8_192,
  words: [...yamlWords, `password: ${secret}\n`, `  password: ${secret}\n`],
  *corpus() {
    yield* filesIn('test/fixtures/settings-1', '.yaml')
    yield* filesIn('test/fixtures/settings-wrong', '.yaml')
    yield settingsExample()
    yield `terminal: { municipality: c_e506, office: anagrafe, counter: "3" }\nbroker:\n  url: mqtts://b.example\n  username: terminal\n  password: ${secret}\n`
    yield `terminal: {municipality: c_e506, office: &o anagrafe, counter: *o}\nbrowser: {listen: "[::1]:8080"}\nhours: {week: {monday: [08:30-12:30, "15:00-24:00"]}, closedDates: [2026-12-24]}\n`
  },
  check(bytes) {
    const text = textOrWhy(bytes)
    if (text === undefined) return
    const read = parseSettings(text, fileName)
    mustBeClean()
    if (read.ok) {
      mustReadAgain(read.settings)
      mustEqual(parseSettings(text, fileName), read, 'read a second time')
      mustKeepSecrets(read.settings)
      for (const warning of read.warnings) mustTellNothing(text, formatWarning(warning))
    } else {
      mustBeWords(read.problems, text)
      for (const problem of read.problems) mustTellNothing(text, JSON.stringify(problem))
    }
  },
}
export default target

const ajv = new Ajv2020({ strict: false, logger: false, formats: { uri: true } })
const fits = ajv.compile(settingsJsonSchema() as object)

function mustReadAgain(settings: Settings): void {
  const written = stringify(writable(settings))
  const again = parseSettings(written, fileName)
  must(again.ok, () => `not read again: ${JSON.stringify(!again.ok && again.problems)}`)
  mustEqual(again.settings, settings, 'read again')
  must(fits(parse(written)), () => `the JSON Schema refuses it: ${ajv.errorsText(fits.errors)}`)
}

/** As a technician would write it: times and addresses are texts in the file. */
function writable({ hours, browser, lights, ...settings }: Settings): object {
  const { night, ...light } = lights
  return {
    ...settings,
    browser: { ...browser, listen: listenText(browser.listen) },
    lights: { ...light, ...(night && { night: shiftText(night) }) },
    ...(hours && { hours: hoursWritten(hours) }),
  }
}

function mustKeepSecrets(settings: Settings): void {
  const { password } = settings.broker
  if (password === undefined || password.length < 8) return
  const { password: _, ...broker } = settings.broker
  const others = JSON.stringify({ ...settings, broker })
  const shown = JSON.stringify(maskedSettings(settings))
  const inside = JSON.stringify(password).slice(1, -1)
  must(others.includes(inside) || !shown.includes(inside), 'the masked settings have the password')
}

function mustTellNothing(text: string, words: string): void {
  must(!isSecretOnly(text) || !words.includes(secret), () => `a password is told: ${words}`)
}
