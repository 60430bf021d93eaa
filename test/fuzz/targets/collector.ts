import { stringify } from 'yaml'
import {
  type CollectorSettings,
  collectorExample,
  parseCollectorSettings,
} from '../../../src/settings/collector.ts'
import { must, mustEqual, type Target } from '../engine/target.ts'
import { hoursWritten, listenText } from '../writable.ts'
import {
  fileName,
  isSecretOnly,
  mustBeClean,
  mustBeWords,
  secret,
  yamlReader,
  yamlWords,
} from '../yaml-oracles.ts'

const target: Target = {
  holds:
    'a text is the settings of a collector, or problems with a line and a sentence; settings written out again read the same; no password is told',
  covers: [
    ...yamlReader.filter((file) => !/file-bytes/.test(file)),
    'src/settings/broker-schema.ts',
    'src/settings/collector.ts',
    'src/settings/hours-schema.ts',
    'src/settings/listen.ts',
  ],
  guides: ['yaml'],
  maxBytes: 4_096,
  words: [...yamlWords, `  password: ${secret}\n`, 'postgres://localhost/faccina', '+/+/+', 'share: a\n'],
  *corpus() {
    yield collectorExample()
    yield `broker:\n  url: mqtts://b.example\n  username: c\n  password: ${secret}\nshare: a\ndatabase: postgres://localhost/f\n`
    yield 'http: "[::1]:0"\nterminals: c_e506/+/3\nhours: {week: {friday: [08:30-12:30]}}\nalerts: {silentMinutes: 0.5}\n'
  },
  check(bytes) {
    const text = new TextDecoder().decode(bytes)
    const read = parseCollectorSettings(text, fileName)
    mustBeClean()
    if (!read.ok) {
      mustBeWords(read.problems, text)
      const told = isSecretOnly(text) && JSON.stringify(read.problems).includes(secret)
      must(!told, () => `a password is told: ${JSON.stringify(read.problems)}`)
      return
    }
    const again = parseCollectorSettings(stringify(writable(read.settings)), fileName)
    mustEqual(again, read, 'read again')
  },
}
export default target

function writable({ hours, http, ...settings }: CollectorSettings): object {
  return {
    ...settings,
    ...(http && { http: listenText(http) }),
    ...(hours && { hours: hoursWritten(hours) }),
  }
}
