import { join } from 'node:path'
import t from 'tap'
import { openDatabase } from '../../src/subscriber/database/open-database.ts'
import { municipality } from '../../src/subscriber/simulate/municipality.ts'
import { allHoursOf } from '../../src/subscriber/simulate/truth.ts'
import { brokerRigs } from './brokers/brokers.ts'
import { Child } from './children.ts'
import { folder } from './folder.ts'
import { hoursIn, linesOf } from './hours-lines.ts'
import { program } from './terminal-child.ts'

const town = { name: 'c_e506', terminals: 12, days: 4, from: '2026-05-04', seed: 3, crowd: 2 } as const

/**
 * The same from end to end on each broker: a municipality whose votes are lost in part, a collector that asks
 * for them, and a database that has each once.
 */
for (const [name, open] of Object.entries(brokerRigs))
  t.test(`${name}: everything comes, each once, also what was lost`, { timeout: 300_000 }, async (t) => {
    await using broker = await open()
    const where = join(await folder(t), 'votes.db')
    await using collector = new Child(process.execPath, [
      ...[program, 'collect', '--broker', broker.url, '--database', where],
    ])
    await collector.said(/connected/, 60_000)
    const options = Object.entries(town).flatMap(([key, value]) => [
      key === 'name' ? '--municipality' : `--${key}`,
      `${value}`,
    ])
    await using simulation = new Child(process.execPath, [
      ...[program, 'simulate', '--broker', broker.url, ...options],
      ...['--lossy', '0.02', '--wait', 'committed', '--json'],
    ])
    try {
      await simulation.said(/^\{"municipality.*\}$/m, 240_000)
    } catch (error) {
      t.comment(collector.output)
      throw error
    }
    await using database = await openDatabase(where, { readOnly: true })
    const truth = [...allHoursOf(municipality({ ...town, version: '0' }))]
    t.strictSame(await hoursIn(database), linesOf(truth))
    const progress = await database.progress()
    t.strictSame(
      progress.filter(({ complete, highest }) => complete < highest),
      [],
    )
    t.match(collector.output, /replay promised/)
    t.equal((await database.quarantine(0)).count, 0)
    t.comment(
      `${truth.reduce((sum, { votes }) => sum + votes, 0)} votes; ${/protocol="[^"]*"/.exec(collector.output)?.[0]}`,
    )
  })
