import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { waitsync } from '../../src/system/await-chrony.ts'
import { SystemClock } from '../../src/system/clock.ts'
import { until } from '../fakes/until.ts'
import { Child } from './children.ts'
import { freeDatagramPort, startClient, startServer } from './chrony.ts'

/** Needs Debian's chrony. Nothing here touches the clock of this computer. */

/** As the terminal asks, but the chrony of the test, and every second. */
function askAt(cmdport: number): [string, ...string[]] {
  const [program, ...args] = waitsync
  return [program, '-h', '127.0.0.1', '-p', String(cmdport), ...args.slice(0, -1), '1']
}

/** What chronyc says after looking three times. */
async function lookThrice(cmdport: number, maxCorrection: string): Promise<number | null> {
  const args = ['-h', '127.0.0.1', '-p', String(cmdport), '-n', 'waitsync', '3', maxCorrection, '0', '1']
  await using child = new Child('chronyc', args)
  if (child.process.exitCode === null) await once(child.process, 'exit')
  return child.process.exitCode
}

const timesyncFile = join('/nowhere', 'synchronized')

t.test('synchronised once chrony has found a server, and not before', async (t) => {
  const [port, cmdport] = [await freeDatagramPort(), await freeDatagramPort()]
  using clock = SystemClock.open({ source: 'auto', timesyncFile, chronyc: askAt(cmdport) })
  let told = 0
  clock.onChange(() => told++)
  t.equal(await lookThrice(cmdport, '0'), 1, 'there is no chronyd')
  t.notOk(clock.now().synchronised)
  await using _client = await startClient(`port ${port}`, cmdport)
  t.equal(await lookThrice(cmdport, '0'), 1, 'there is one, without a server')
  t.notOk(clock.now().synchronised)
  await using _server = await startServer(port)
  await until(() => told > 0, 'told', 60_000)
  t.ok(clock.now().synchronised)
  t.equal(told, 1)
})

t.test('a server is found, but the clock is not right yet: not synchronised', async (t) => {
  const [port, cmdport] = [await freeDatagramPort(), await freeDatagramPort()]
  await using _server = await startServer(port)
  // To this client the server is ten seconds ahead, and with -x that never changes.
  await using _client = await startClient(`port ${port} offset 10`, cmdport)
  using clock = SystemClock.open({ source: 'auto', timesyncFile, chronyc: askAt(cmdport) })
  let found = 1 as number | null
  for (let i = 0; i < 20 && found !== 0; i++) found = await lookThrice(cmdport, '0')
  t.equal(found, 0, 'it has found it')
  t.equal(await lookThrice(cmdport, '0.4'), 1)
  t.notOk(clock.now().synchronised)
})
