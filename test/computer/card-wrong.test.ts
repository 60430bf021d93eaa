import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { formatProblem } from '../../src/settings/index.ts'
import { importCard } from '../../src/system/card/import.ts'
import { MemoryDisk } from '../fakes/memory-disk.ts'

/*
 * Each file of `settings-wrong` on the boot partition of a terminal that has settings in force: what is said is what
 * `faccina settings check` says, it is written on the card, and nothing else is touched.
 */

const fixtures = fileURLToPath(new URL('../fixtures/settings-wrong/', import.meta.url))
const names = (await readdir(fixtures))
  .filter((name) => name.endsWith('.txt'))
  .map((name) => name.slice(0, -4))
const boot = '/boot/firmware'
const inForce = '/etc/faccina/faccina.yaml'
const former = 'terminal: {municipality: c_e506, office: anagrafe, counter: "3"}\n'

const beside: Record<string, Buffer> = {}
for (const name of await readdir(join(fixtures, 'beside')))
  beside[`${boot}/${name}`] = await readFile(join(fixtures, 'beside', name))

for (const name of names)
  t.test(name, async (t) => {
    const card = { ...beside, [`${boot}/faccina.yaml`]: await readFile(join(fixtures, `${name}.yaml`)) }
    const disk = new MemoryDisk({ ...card, [inForce]: former, '/var/lib/faccina/journal': '' })
    const before = disk.files()
    const wall = Date.UTC(2026, 4, 4)
    const options = { boot, settings: inForce, run: '/run/faccina', disk, wall, synchronised: true }
    const { refused } = await importCard(options)
    const said = refused.map((one) => `${formatProblem(one)}\n`.replace(`${boot}/`, '')).join('')
    t.equal(said, await readFile(join(fixtures, `${name}.txt`), 'utf8'))
    const after = disk.files()
    const told = Buffer.from(after[`${boot}/faccina-error.txt`] ?? '', 'latin1').toString()
    for (const one of refused) t.ok(told.includes(formatProblem(one)), 'and on the card')
    const changed = Object.keys({ ...before, ...after }).filter((path) => before[path] !== after[path])
    t.same(
      changed.filter((path) => !/faccina-error\.txt$|^\/run\/faccina\//.test(path)),
      [],
      'all else is as it was',
    )
  })
