import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { HealthMessage, TotalsMessage, VoteEvent } from '../../src/contract/schemas.ts'
import { pause } from '../../src/ports/clock.ts'
import { SystemClock } from '../../src/system/clock.ts'
import { openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'

/** One press over a connection that is kept; resolves with the answer's status. */
function press(address: string, key: string, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL('panel/press', address), { method: 'POST', agent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
    asked.on('error', reject).end(JSON.stringify({ key }))
  })
}

/** A thousand presses a second, as far as this computer can, until it is told to stop. */
async function fire(
  address: string,
  key: string,
  stop: AbortSignal,
): Promise<Map<number | undefined, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  using clock = SystemClock.open({ source: 'system' })
  const answers = new Map<number | undefined, number>()
  const begun = performance.now()
  let sent = 0
  const fireOn = async () => {
    while (!stop.aborted) {
      const ahead = sent++ - (performance.now() - begun)
      if (ahead > 5) await pause(clock, ahead)
      const status = await press(address, key, agent)
      answers.set(status, (answers.get(status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: 16 }, fireOn))
  agent.destroy()
  return answers
}

async function residentMiB(pid: number): Promise<number> {
  return Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

t.test('a broken touch chip: 1,000 presses a second for 10 s, and the others vote as ever', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'faccina-misuse-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  await using broker = await openMosquitto()
  await using subscriber = await Subscriber.open(broker.port)
  await using terminal = await TerminalChild.start({ directory, broker: `mqtt://127.0.0.1:${broker.port}` })
  const pid = terminal.process.pid!
  const stop = new AbortController()
  const begun = performance.now()
  const fired = fire(terminal.address, 'satisfied', stop.signal)
  await terminal.said(/key stuck key=satisfied why=restless/)
  let others = 0
  let slowest = 0
  const resident: number[] = []
  for (; performance.now() - begun < 10_000; others++) {
    await terminal.scene(({ at }) => at === 'idle')
    const thanked = terminal.scene(({ at }) => at === 'thanking')
    const pressed = performance.now()
    t.equal(await terminal.press('neutral'), 204)
    await thanked
    slowest = Math.max(slowest, performance.now() - pressed)
    resident.push(await residentMiB(pid))
  }
  stop.abort()
  const answers = await fired
  const seconds = (performance.now() - begun) / 1000
  const presses = answers.get(204) ?? 0
  t.same([...answers.keys()], [204], 'each press was answered')
  t.ok(presses > 1_000, `${presses} presses in ${seconds.toFixed(1)} s`)
  t.ok(slowest < 5_000, `from a press of the others to the thank-you at most ${Math.round(slowest)} ms`)
  // The collector of garbage takes its room first; after that it may not go on growing.
  const growth = resident.at(-1)! - resident[Math.floor(resident.length / 2)]!
  t.ok(growth < 32, `resident MiB, visit by visit: ${resident.map(Math.round)}`)
  const stuck = () => subscriber.of<HealthMessage>('health').map(({ keys }) => keys.stuck.join())
  await subscriber.until(() => stuck().includes('satisfied'))
  await terminal.said(/key free again key=satisfied/)
  await terminal.vote('satisfied')
  await subscriber.until(() => subscriber.of<VoteEvent>('vote').length === others + 2)
  await subscriber.until(() => subscriber.of<TotalsMessage>('totals').at(-1)?.votes === others + 2)
  const totals = subscriber.of<TotalsMessage>('totals').at(-1)
  t.match(totals?.faces, { satisfied: 2, neutral: others, dissatisfied: 0 })
  t.match(subscriber.of<VoteEvent>('vote')[0]?.data, { face: 'satisfied', suppressed: 39 })
  await subscriber.until(() => stuck().at(-1) === '')
  const { ignored } = subscriber.of<HealthMessage>('health').at(-1)!.keys
  t.equal(ignored, presses - 40, 'every press is accounted for')
  t.equal(terminal.output.match(/key stuck/g)?.length, 1)
})
