import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Arrivals } from './arrivals.ts'
import { Card } from './file-systems.ts'
import { folder } from './folder.ts'
import { healthOf } from './health-of.ts'
import { openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'
import { verified } from './verified.ts'

/** A card that begins to fail while votes are taken. Run as root: an ext4 is mounted. */

interface Rig {
  card: Card
  /** From here on the card fails. */
  strike(): unknown
  /** What a technician does: the power off and on, and a check of the file system. */
  repair(): void
}

async function oneCard(t: Test, directory: string, strike: (card: Card) => unknown): Promise<Rig> {
  const card = await Card.open(t, directory)
  return { card, strike: () => strike(card), repair: () => card.repair() }
}

const faults: { name: string; open: (t: Test, directory: string) => Promise<Rig> }[] = [
  {
    name: 'fsync fails with EIO',
    async open(t, directory) {
      // Writing goes into the kernel's memory and succeeds; the disk below takes nothing more.
      const below = await Card.open(t, await folder(t))
      const card = await Card.openOn(t, directory, below)
      const repair = () => {
        card.unmount()
        below.repair()
        card.repair()
      }
      return { card, strike: () => below.abort(), repair }
    },
  },
  { name: 'the file system gives up', open: (t, directory) => oneCard(t, directory, (card) => card.abort()) },
  {
    name: 'the kernel finds an error and makes the card read-only',
    open: (t, directory) => oneCard(t, directory, (card) => card.findError()),
  },
]

for (const { name, open } of faults)
  t.test(`${name}: no thank-you, said why; repaired, every thanked vote is there`, async (t) => {
    const directory = await folder(t)
    const { card, strike, repair } = await open(t, directory)
    const storage = { directory: join(card.directory, 'store') }
    await using broker = await openMosquitto()
    await using subscriber = await Subscriber.open(broker.port)
    const settings = { directory, broker: `mqtt://127.0.0.1:${broker.port}`, more: { storage } }
    await using terminal = await TerminalChild.start(settings)
    await terminal.vote('satisfied')
    await terminal.vote('neutral')
    t.equal((await healthOf(subscriber)).disk.writable, true)

    await strike()
    t.equal(await terminal.tries('satisfied'), 'refused')
    const { disk } = await healthOf(subscriber)
    t.match(disk, { writable: false, problem: /cannot write the journal: .*\((EIO|EROFS)\)/ })
    t.match(disk.problem, /card/, 'says what to look at')
    t.equal(await terminal.tries('neutral'), 'refused', 'and again')
    t.equal(await terminal.kill('SIGTERM'), 0, 'stops as ever')

    repair()
    const mounts = await readFile('/proc/mounts', 'utf8')
    t.match(mounts, new RegExp(`${card.directory} ext4 rw`))
    await using again = await TerminalChild.start(settings)
    await again.vote('neutral')
    const arrivals = new Arrivals()
    await subscriber.until(() => arrivals.see(subscriber).votes >= 3)
    t.same([arrivals.votes, arrivals.lost, ...arrivals.faults], [3, 0], 'the three that were thanked')
    t.equal((await healthOf(subscriber)).disk.writable, true)
    await again.kill('SIGTERM')
    t.match(await verified(storage.directory), /3 votes, every one intact/)
  })
