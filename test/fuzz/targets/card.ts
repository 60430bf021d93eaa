import { parseSettings } from '../../../src/settings/index.ts'
import { replaced } from '../../../src/system/card/secret-text.ts'
import { must, mustEqual, type Target } from '../engine/target.ts'
import { filesIn } from '../inputs.ts'
import { fileName, secret, yamlWords } from '../yaml-oracles.ts'

/** Where the card's import puts a password. */
const secretFile = '/var/lib/faccina/secrets/password'

const target: Target = {
  holds:
    'settings whose password was moved into a file are the same but for that, line by line, and have no password any more',
  covers: [
    'src/settings/depth.ts',
    'src/settings/document.ts',
    'src/settings/yaml-value.ts',
    'src/system/card/secret-text.ts',
  ],
  guides: ['yaml'],
  maxBytes: 4_096,
  words: [
    ...yamlWords,
    `  password: ${secret}`,
    `  password: "${secret}"\r\n`,
    `  password: >-\n    ${secret}\n`,
  ],
  *corpus() {
    yield* filesIn('test/fixtures/settings-1', '.yaml')
    const head = 'terminal: {municipality: c_e506, office: anagrafe, counter: "3"}\n'
    yield `${head}broker:\n  url: mqtts://b.example # ours\n  username: terminal\n  password: ${secret} # not for others\n`
    yield `${head}broker: {url: mqtts://b.example, username: t, "password": '${secret}'}\r\nlanguages: [it]\r\n`
    yield `\ufeff${head}broker:\n  password: |-\n    ${secret}\n  url: mqtts://b.example\n`
    yield `${head}broker:\n  url: mqtts://b.example\n  password:\n    "${secret}"\nlog: {level: info}\n`
  },
  check(bytes) {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    const before = parseSettings(text, fileName)
    if (!before.ok || before.settings.broker.password === undefined) return
    const { password, ...broker } = before.settings.broker
    const edited = replaced(text, [{ key: 'password', newKey: 'passwordFile', value: secretFile }])
    if (edited === undefined) return
    const after = parseSettings(edited, fileName)
    must(
      after.ok,
      () => `unreadable: ${JSON.stringify(!after.ok && after.problems)} in ${JSON.stringify(edited)}`,
    )
    mustEqual(
      after.settings,
      { ...before.settings, broker: { ...broker, passwordFile: secretFile } },
      'edited',
    )
    const unique = password.includes(secret) && text.split(secret).length === 2
    must(!unique || !edited.includes(secret), 'the password is still there')
    mustKeepTheRest(text, edited)
  },
}
export default target

/** One place of the text is another, and nothing in front of it or behind it. */
function mustKeepTheRest(text: string, edited: string): void {
  const at = edited.indexOf('passwordFile: ')
  must(text.startsWith(edited.slice(0, at)), 'something in front of the password has changed')
  const rest = edited.slice(at + `passwordFile: ${secretFile}`.length)
  must(text.endsWith(rest), () => `something behind the password has changed: ${JSON.stringify(edited)}`)
}
