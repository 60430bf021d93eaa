import t from 'tap'
import { folder } from './folder.ts'
import { openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'

/** A fine day leaves next to nothing in the system's log, and each line carries its priority. Debian: mosquitto. */

t.test('votes, health and a stop at info', async (t) => {
  await using broker = await openMosquitto()
  await using subscriber = await Subscriber.open(broker.port)
  const directory = await folder(t)
  await using terminal = await TerminalChild.start({
    directory,
    broker: `mqtt://127.0.0.1:${broker.port}`,
    more: { log: { level: 'info' }, health: { periodSeconds: 10 } },
    env: { JOURNAL_STREAM: '8:1' },
  })
  await terminal.said(/connected/)
  const begun = terminal.output.length
  for (const face of ['satisfied', 'neutral', 'satisfied']) await terminal.vote(face)
  await subscriber.until(() => subscriber.of('vote').length === 3 && subscriber.of('3/health').length >= 2)
  t.equal(terminal.output.slice(begun), '', 'neither votes nor health are worth a line')
  t.equal(await terminal.kill('SIGTERM'), 0)
  const lines = terminal.output.trim().split('\n')
  t.comment(lines.join('\n'))
  t.ok(lines.length <= 8, `${lines.length} lines from start to stop`)
  for (const line of lines) t.match(line, /^<[346]>\S/, 'with its priority, and without a time of its own')
})
