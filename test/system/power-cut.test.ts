import t, { type Test } from 'tap'
import { faultsOf } from './evidence.ts'
import { type PowerReport, PowerRig, type PowerRigOptions } from './power-rig.ts'

/*
 * The power goes, again and again, on one and the same terminal: in its start, while it recovers, at the
 * press, at the thank-you, while it tells the broker. Run as root: disks are mounted.
 *
 * FACCINA_CUTS says how many cuts, FACCINA_SEED brings a run back, and FACCINA_KEEP names a folder for all
 * that was logged and heard.
 */

const cuts = Number(process.env.FACCINA_CUTS ?? 100)
const seed = Number(process.env.FACCINA_SEED ?? Math.floor(Math.random() * 2 ** 31))

const keep = process.env.FACCINA_KEEP

/** On a disk with a cache each cut takes longer. */
const cachedCuts = Math.ceil(cuts / 5)

t.setTimeout(240_000 + (cuts + cachedCuts) * 12_000)

/** How often a long run says how far it is. */
const progressCuts = 50

async function open(test: Test, options: PowerRigOptions): Promise<PowerRig> {
  const rig = await PowerRig.open(options)
  test.teardown(() => rig[Symbol.asyncDispose]())
  return rig
}

async function cut(test: Test, rig: PowerRig, times: number): Promise<PowerReport> {
  const began = performance.now()
  const minutes = () => ((performance.now() - began) / 60_000).toFixed(1)
  while (rig.cuts < times) {
    await rig.round()
    if (rig.cuts % progressCuts === 0) test.comment(`${rig.cuts} cuts in ${minutes()} minutes`)
  }
  const report = await rig.finish()
  const { cuts, cutsAfter, torn, figures } = report
  test.comment(JSON.stringify({ seed: rig.seed, minutes: minutes(), cuts, ...figures, torn, cutsAfter }))
  return report
}

for (const [what, times, options] of [
  ['a disk', cuts, { seed, keep }],
  ['a disk with a cache of its own', cachedCuts, { seed: seed + 1, keep, cached: true }],
] as const) {
  t.test(`${times} power cuts of ${what}: nothing thanked is missing, nothing counts twice`, async (t) => {
    t.comment(`seed ${seed}`)
    const report = await cut(t, await open(t, options), times)
    const { faults, figures, errors } = report
    t.same(faultsOf(report), [])
    t.equal(faults.missing.length, 0, 'thanked votes missing')
    t.equal(faults.twoContents.length, 0, 'ids with two contents')
    t.equal(faults.holes.length, 0, 'unexplained holes')
    t.same(errors, [], 'nothing is logged as an error')
    t.ok(figures.thanked >= times / 5, 'and citizens were thanked')
  })
}

t.test('the rig can fail: a terminal that never asks for the disk loses votes', async (t) => {
  const nodeOptions = ['--import', new URL('without-sync.mjs', import.meta.url).href]
  const { faults } = await cut(t, await open(t, { seed: seed + 2, nodeOptions }), 10)
  t.ok(faults.missing.length > 0, `${faults.missing.length} thanked votes missing`)
})
