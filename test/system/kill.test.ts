import t, { type Test } from 'tap'
import { heal, live, type Patient, subscribe } from './kill-life.ts'
import { fate, type Moment, moments, stepsOf } from './kill-steps.ts'
import { inLanes, lanes } from './lanes.ts'
import { openMosquitto } from './mosquitto.ts'
import type { TerminalChild } from './terminal-child.ts'
import { type Past, Ward } from './ward.ts'

/**
 * The daemon is killed at every step that it takes on its disk: before the step, after it, and half way
 * through each write. Then it goes on, and what it thanked for is compared with what a subscriber received.
 */

t.setTimeout(1_800_000)

/** Where the broker is not: votes stay in the journal. */
const nowhere = 1

interface Case {
  step: number
  when: Moment
  name: string
}

async function killEverywhere(t: Test, ward: Ward, past: Past, visits: number): Promise<void> {
  const healthy = await ward.admit(past)
  let steps: string[]
  {
    await using subscriber = await subscribe(healthy)
    t.equal(await live(healthy, { visits, ...fate(healthy, {}) }), 'stopped')
    steps = await stepsOf(healthy)
    t.same(await ward.discharge(healthy, await heal(healthy, subscriber)), [], 'without being killed')
  }
  const cases = casesOf(steps)
  await inLanes(lanes, cases, async ({ step, when, name }) => {
    const patient = await ward.admit(past)
    await using subscriber = await subscribe(patient)
    const end = await live(patient, { visits, ...fate(patient, { step, when }) })
    ward.count(end)
    const where = (await stepsOf(patient)).at(-1)
    const faults = await ward.discharge(patient, await heal(patient, subscriber))
    t.same(faults, [], end === 'killed' ? `step ${step}: ${where}` : `${when} ${step} ${name} never came`)
  })
}

function casesOf(steps: readonly string[]): Case[] {
  return steps.flatMap((name, place) =>
    moments
      .filter((when) => when !== 'half' || name.startsWith('write'))
      .map((when) => ({ step: place + 1, when, name })),
  )
}

/** A directory in which a write was cut short: the last one, or the last into a new segment. */
async function torn(ward: Ward, past: Past, visits: number, wanted: RegExp): Promise<Past> {
  const healthy = await ward.admit(past, nowhere)
  await live(healthy, { visits, ...fate(healthy, {}) })
  const step = (await stepsOf(healthy)).findLastIndex((name) => wanted.test(name)) + 1
  const patient = await ward.admit(past, nowhere)
  await live(patient, { visits, ...fate(patient, { step, when: 'half' }) })
  return { ...past, directory: patient.directory, presses: patient.presses }
}

t.test('killed at every step of the journal', async (t) => {
  await using broker = await openMosquitto()
  await using ward = await Ward.open(broker.port)
  const full = await ward.nearlyFull()
  const places: [string, Past, number][] = [
    ['on an empty directory', {}, 3],
    ['where a segment ends and the next begins', full, 4],
    ['where a vote was cut short', await torn(ward, {}, 3, /write journal.*segment/), 1],
    ['where the beginning of a segment was cut short', await torn(ward, full, 4, /write .*02.segment/), 1],
  ]
  for (const [name, past, visits] of places) {
    const begun = performance.now()
    await t.test(name, (t) => killEverywhere(t, ward, past, visits))
    t.comment(`${name}: ${((performance.now() - begun) / 1000).toFixed(0)} s; so far ${ward.summary}`)
  }
  t.ok(ward.kills > 20 * ward.survived, ward.summary)
})

t.test(
  'the rig can fail: a disk that says too early that it has written loses what was thanked',
  async (t) => {
    await using broker = await openMosquitto()
    await using ward = await Ward.open(broker.port)
    const patient: Patient = await ward.admit()
    await using subscriber = await subscribe(patient)
    t.equal(await live(patient, { visits: 2 }), 'stopped')
    const beforeStop = (terminal: TerminalChild) => terminal.kill('SIGKILL')
    const end = await live(patient, { visits: 2, beforeStop, ...fate(patient, { hasty: 60_000 }) })
    t.equal(end, 'killed')
    const { figures, faults } = await heal(patient, subscriber)
    t.equal(figures.thanked, 6)
    t.match(faults.missing, [/neutral/, /dissatisfied/], 'what was thanked too early is missing')
    t.equal(faults.missing.length, 2)
    t.equal(figures.votes, 4, 'and what was taken before and later is there')
  },
)
