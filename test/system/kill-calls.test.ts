import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { draw } from './draw.ts'
import { heal, type LifeOptions, live, type Patient, subscribe } from './kill-life.ts'
import { inLanes, lanes } from './lanes.ts'
import { openMosquitto } from './mosquitto.ts'
import { Random } from './random.ts'
import { callsOf, type Instant, instantsOf, killedAt, noted, type Threads } from './strace.ts'
import { type Past, Ward } from './ward.ts'

/**
 * The daemon is killed by strace on entering a system call, while keys are pressed and votes flow to the
 * broker. One kill follows the other on the same directory; then the terminal goes on, and what it thanked
 * for is compared with what a subscriber received.
 *
 *     FACCINA_SEED    which instants are drawn; the one of a run is printed
 *     FACCINA_KILLS   how many, or `all`
 *     FACCINA_VISITS  how long a life is
 *     FACCINA_LANES   how many terminals live at the same time
 */

const seed = Number(process.env.FACCINA_SEED ?? randomInt(2 ** 31))
const kills = process.env.FACCINA_KILLS ?? '100'
const visits = Number(process.env.FACCINA_VISITS ?? 20)

t.setTimeout(kills === '100' ? 1_200_000 : 3 * 3_600_000)

/** So many kills, and then a comparison. */
const inARow = 8

/** A thank-you takes 75 ms. */
const hurry = 20

/** With one thread for all that touches the disk, its calls are counted in their order. */
const env = { UV_THREADPOOL_SIZE: '1' }

interface Chain {
  past: Past
  instants: Instant[]
}

/** A life that is to be killed is made longer than the one that was counted, so that each instant comes. */
const longer = 1.4

function watched({ directory }: Patient, visits: number, words: (file: string) => string[]): LifeOptions {
  return { visits, hurry, env, through: words(join(directory, 'calls')) }
}

/** All instants of a life that is not killed. */
async function learn(ward: Ward): Promise<Instant[]> {
  const calls = async (threads: Threads) => {
    const patient = await ward.admit()
    await live(
      patient,
      watched(patient, visits, (file) => noted(threads, file)),
    )
    return await callsOf(join(patient.directory, 'calls'))
  }
  const ofMain = await calls('main')
  const ofAll = await calls('all')
  // Only the main thread makes this one, and that is known from the other life already.
  ofAll.delete('writev')
  return [...instantsOf('all', ofAll), ...instantsOf('main', ofMain)]
}

/** Calls that are rare but where a directory is empty stand first in their chains. */
function chainsOf(instants: readonly Instant[], full: Past): Chain[] {
  const rare = ({ call }: Instant) => /fsync|rename|unlink|mkdir/.test(call)
  const chains: Chain[] = instants.filter(rare).map((instant) => ({ past: {}, instants: [instant] }))
  const others = instants.filter((instant) => !rare(instant))
  const missing = Math.ceil(instants.length / inARow) - chains.length
  for (let n = 0; n < missing; n++) chains.push({ past: n % 2 ? full : {}, instants: [] })
  for (const [n, instant] of others.entries()) chains[n % chains.length]!.instants.push(instant)
  return chains
}

t.test(`killed at system calls: FACCINA_SEED=${seed}`, async (t) => {
  const begun = performance.now()
  await using broker = await openMosquitto()
  await using ward = await Ward.open(broker.port)
  const all = await learn(ward)
  const chosen = draw(all, kills === 'all' ? all.length : Number(kills), new Random(seed))
  t.comment(`${chosen.length} of ${all.length} instants of a life of ${visits} visits`)
  const killed = new Map<string, number>()
  const progress = () => `${((performance.now() - begun) / 60_000).toFixed(1)} min: ${ward.summary}`
  await inLanes(lanes, chainsOf(chosen, await ward.nearlyFull()), async ({ past, instants }) => {
    const patient = await ward.admit(past)
    await using subscriber = await subscribe(patient)
    for (const instant of instants) {
      const options = watched(patient, visits * longer, (file) => killedAt(instant, file))
      const end = await live(patient, options)
      ward.count(end)
      const name = `${instant.call} (${instant.threads})`
      if (end === 'killed') killed.set(name, (killed.get(name) ?? 0) + 1)
    }
    const faults = await ward.discharge(patient, await heal(patient, subscriber, { hurry }))
    const names = instants.map(({ threads, call, nth }) => `${call} ${nth} (${threads})`)
    t.same(faults, [], `killed at ${names.join(', ')}`)
    t.comment(progress())
  })
  t.comment(`killed at ${[...killed].map(([name, times]) => `${name} ${times}`).join(', ')}`)
  t.ok(ward.kills > 4 * ward.survived, progress())
})
