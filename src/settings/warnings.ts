import type { Path } from './document.ts'
import type { Warning } from './problem.ts'
import type { Settings } from './settings.ts'

/** How long the outer keys are held for the self-test, and a little more, for they do not go down together. */
const gestureSeconds = 12

/** What works, but is probably not what was meant. */
export function warningsOf(
  settings: Settings,
  file: string,
  positionOf: (path: Path) => { line: number; column: number },
): Warning[] {
  const { broker, browser } = settings
  const hasPassword = broker.password !== undefined || broker.passwordFile !== undefined
  const passwordKey = broker.password === undefined ? 'passwordFile' : 'password'
  const cases: [boolean, Path, string][] = [
    [
      hasPassword && broker.url?.startsWith('mqtt:') === true && !isLoopback(brokerHost(broker.url)),
      ['broker', passwordKey],
      'the password goes over the network unencrypted. Use mqtts:// if the broker can.',
    ],
    [
      hasPassword && broker.username === undefined,
      ['broker', passwordKey],
      'a password without broker.username is understood by MQTT 5 brokers only.',
    ],
    [
      broker.url === undefined && (hasPassword || broker.username !== undefined),
      ['broker'],
      'broker.url is not set, so that the votes are only stored.',
    ],
    [
      !isLoopback(browser.listen.host),
      ['browser', 'listen'],
      'whoever reaches this address over the network can press the faces.',
    ],
    [
      settings.keys.stuckSeconds < gestureSeconds,
      ['keys', 'stuckSeconds'],
      `the outer keys are stuck before the ten seconds that begin the self-test are over. Use ${gestureSeconds} or more.`,
    ],
  ]
  return cases
    .filter(([applies]) => applies)
    .map(([, path, message]) => ({ file, ...positionOf(path), key: path.join('.'), message }))
    .sort((a, b) => a.line - b.line)
}

function brokerHost(url: string): string {
  return url.replace(/^mqtts?:\/\//, '').replace(/(:\d+)?\/?$/, '')
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1|\[::1\])$/i.test(host)
}
