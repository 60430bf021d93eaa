import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { HealthMessage, VoteEvent } from '../../src/contract/schemas.ts'
import { freePort } from '../contracts/free-port.ts'
import { openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'

/*
 * A computer without a clock, from boot to boot: the real daemon, whose wall clock is set by the test, and
 * whose `chronyc` is a program that waits for the test's word.
 */

const preload = fileURLToPath(new URL('another-boot.mjs', import.meta.url))
const years = -20 * 365 * 86_400_000

/** A computer whose power and whose clock are in the hands of the test. */
async function computer() {
  const directory = await mkdtemp(join(tmpdir(), 'faccina-time-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const ahead = join(directory, 'ahead')
  const synchronised = join(directory, 'synchronised')
  const programs = join(directory, 'programs')
  await mkdir(programs)
  const chronyc = join(programs, 'chronyc')
  await writeFile(chronyc, `#!/bin/sh\nwhile [ ! -e ${synchronised} ]; do sleep 0.05; done\n`)
  await chmod(chronyc, 0o755)
  const port = await freePort()
  const broker = `mqtt://127.0.0.1:${port}`
  return {
    port,
    /** Boots with a clock that is so wrong; each boot has a name. */
    async boot(name: string, aheadMs: number, waitSeconds = 600) {
      await rm(synchronised, { force: true })
      await writeFile(ahead, String(aheadMs))
      return TerminalChild.start({
        directory,
        broker,
        more: { clock: { source: 'auto', waitSeconds } },
        env: {
          NODE_OPTIONS: `--import=${preload}`,
          FACCINA_BOOT: name,
          FACCINA_AHEAD: ahead,
          PATH: `${programs}:${process.env.PATH}`,
        },
      })
    },
    /** The clock is set right, and its keeper says so. */
    async synchronise() {
      await writeFile(ahead, '0')
      await writeFile(synchronised, '')
    },
  }
}

/** Votes, and says between which moments of the right clock the vote must have been given. */
async function vote(terminal: TerminalChild, face: string): Promise<[number, number]> {
  await terminal.scene(({ at }) => at === 'idle')
  const before = Date.now()
  await terminal.vote(face)
  const pressed = [before, Date.now()] as [number, number]
  await terminal.scene(({ at }) => at === 'idle')
  return pressed
}

const wallOf = ({ time }: VoteEvent) => Date.parse(time)

t.test(
  'several boots, one of them never synchronised: each vote says when it was, and how well that is known',
  async (t) => {
    const world = await computer()
    const broker = await openMosquitto(['allow_anonymous true'], {}, world.port)
    const subscriber = await Subscriber.open(world.port)
    t.teardown(() => subscriber[Symbol.asyncDispose]())
    t.teardown(() => broker[Symbol.asyncDispose]())
    // A kill makes some come twice.
    const votes = () => [
      ...new Map(subscriber.of<VoteEvent>('vote').map((event) => [event.id, event])).values(),
    ]

    const first = await world.boot('boot-a', years)
    await world.synchronise()
    const inA = await vote(first, 'satisfied')
    await subscriber.until(() => votes().length >= 1)
    await first.kill('SIGKILL')

    const second = await world.boot('boot-b', years)
    const inB = await vote(second, 'neutral')
    await second.kill('SIGKILL')
    t.equal(votes().length, 1, 'whose time is not known is not told yet')

    const third = await world.boot('boot-c', 10 * 86_400_000)
    const inC = await vote(third, 'satisfied')
    await subscriber.until(() => (subscriber.of<HealthMessage>('health').at(-1)?.queue.votes ?? 0) >= 1)
    t.equal(votes().length, 1, 'nor while the clock of the present boot is not known')
    await world.synchronise()
    await subscriber.until(() => votes().length >= 3)
    const after = await vote(third, 'neutral')
    await subscriber.until(() => votes().length >= 4)
    await third.kill('SIGTERM')

    const [a, b, c, d] = votes() as [VoteEvent, VoteEvent, VoteEvent, VoteEvent]
    t.same(
      votes().map(({ data }) => data.face),
      ['satisfied', 'neutral', 'satisfied', 'neutral'],
    )
    const within = (event: VoteEvent, [from, to]: [number, number], slackMs: number) =>
      wallOf(event) >= from - slackMs && wallOf(event) <= to + slackMs
    t.match(a.data, { clock: 'synchronised' })
    t.ok(within(a, inA, 500), `${a.time} is when it was pressed`)
    t.match(b.data, { clock: 'estimated' })
    t.ok(
      within(b, inB, 1000 * (b.data.uncertaintySeconds ?? 0) + 500),
      `${b.time} ± ${b.data.uncertaintySeconds} s, pressed at ${new Date(inB[0]).toISOString()}`,
    )
    t.ok((b.data.uncertaintySeconds ?? 99) < 30)
    t.match(c.data, { clock: 'synchronised', backDated: true })
    t.ok(within(c, inC, 500), `${c.time}, pressed at ${new Date(inC[0]).toISOString()}`)
    t.match(d.data, { clock: 'synchronised' })
    t.ok(within(d, after, 500))
    t.ok(wallOf(a) <= wallOf(b) && wallOf(b) <= wallOf(c) && wallOf(c) <= wallOf(d))
  },
)

t.test('publishing waits only so long for the clock; what was told then stays as it was told', async (t) => {
  const world = await computer()
  const broker = await openMosquitto(['allow_anonymous true'], {}, world.port)
  const subscriber = await Subscriber.open(world.port)
  t.teardown(() => subscriber[Symbol.asyncDispose]())
  t.teardown(() => broker[Symbol.asyncDispose]())
  const votes = () => subscriber.of<VoteEvent>('vote')
  const terminal = await world.boot('boot-a', years, 2)
  const pressed = await vote(terminal, 'satisfied')
  await subscriber.until(() => votes().length >= 1)
  t.match(votes()[0]?.data, { clock: 'unknown' })
  t.ok(Math.abs(wallOf(votes()[0]!) - (pressed[0] + years)) < 2000, 'what the clock said')
  await world.synchronise()
  await vote(terminal, 'neutral')
  await subscriber.until(() => votes().length >= 2)
  t.match(votes()[1]?.data, { clock: 'synchronised' })
  const [told] = votes()
  await terminal.kill('SIGKILL')
  // The cursor may not have been saved: then the first vote comes again, and must not have changed.
  const again = await world.boot('boot-a', 0, 2)
  await world.synchronise()
  await vote(again, 'neutral')
  await subscriber.until(() => votes().filter(({ data }) => data.face === 'neutral').length >= 2)
  await again.kill('SIGTERM')
  for (const event of votes().filter(({ id }) => id === told!.id)) t.same(event, told)
})
