import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readLabel } from '../../src/system/backup/sealed.ts'

/* What a file says of itself, where it is no whole backup of this Faccina. */

const label = {
  format: 'faccina-backup/1',
  terminal: 'c_e506/anagrafe/3',
  at: '2026-05-04T09:00:00Z',
  salt: '0'.repeat(32),
  check: '0'.repeat(32),
}

for (const [what, text, sentence] of [
  ['nothing in it', '', /is no backup of a terminal$/],
  ['something else', '{"format":"tar"}', /is no backup of a terminal$/],
  ['made by a newer one', '{"format":"faccina-backup/2"}', /was made by a newer Faccina/],
  ['no salt', JSON.stringify({ ...label, salt: undefined }), /is damaged, or was not written to its end/],
  ['a terminal that is a number', JSON.stringify({ ...label, terminal: 3 }), /is damaged/],
] as const)
  t.test(what, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'faccina-'))
    t.teardown(() => rm(folder, { recursive: true }))
    const file = join(folder, 'terminal.backup')
    await writeFile(file, text.padEnd(4096))
    await t.rejects(readLabel(file), { name: 'BackupError', message: sentence })
  })
