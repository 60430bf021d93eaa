import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import { type Entry, packed, unpacked } from '../../src/system/archive/tar.ts'
import { newCode, noteRestored, readLabel, readSealed, writeSealed } from '../../src/system/backup/sealed.ts'
import { archived, collected, readmeOf } from '../../src/system/support/bundle.ts'
import { formsOf, maskOf, secretsIn } from '../../src/system/support/mask.ts'

const entries: Entry[] = [
  { name: 'README.txt', mode: 0o644, bytes: Buffer.from('perché\n') },
  { name: 'empty', mode: 0o600, bytes: Buffer.alloc(0) },
  { name: `${'deep/'.repeat(24)}file`, mode: 0o640, bytes: Buffer.alloc(70_000, 'x') },
]

async function bytesOf(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const part of parts) all.push(part)
  return Buffer.concat(all)
}

async function entriesOf(all: AsyncIterable<Entry>): Promise<Entry[]> {
  const list: Entry[] = []
  for await (const entry of all) list.push(entry)
  return list
}

t.test('an archive is what tar takes for one, the same each time, and comes back', async (t) => {
  const tar = await bytesOf(packed(entries, 1_777_777_777))
  t.ok(tar.equals(await bytesOf(packed(entries, 1_777_777_777))))
  const directory = t.testdir()
  execFileSync('tar', ['xf', '-', '-C', directory], { input: tar })
  for (const { name, bytes } of entries) t.ok(readFileSync(join(directory, name)).equals(bytes), name)
  // In pieces of any size.
  const pieces = Array.from({ length: Math.ceil(tar.length / 777) }, (_, n) =>
    tar.subarray(n * 777, n * 777 + 777),
  )
  t.same(await entriesOf(unpacked(Readable.from(pieces))), entries)
  await t.rejects(entriesOf(unpacked(Readable.from([tar.subarray(0, 5000)]))), /not complete/)
  const spoilt = Buffer.from(tar)
  spoilt[3]! ^= 1
  await t.rejects(entriesOf(unpacked(Readable.from([spoilt]))), /no archive of ours/)
  await t.rejects(bytesOf(packed([{ ...entries[1]!, name: 'n'.repeat(101) }], 0)), /too long/)
})

async function* given(): AsyncGenerator<Entry> {
  yield* entries
}
const label = { terminal: 'c_e506/anagrafe/3', at: '2026-05-04T09:10:00.000Z', waiting: 2 }

t.test('a backup comes back whole, with its code alone', async (t) => {
  const path = join(t.testdir(), 'backup')
  await writeSealed(path, label, 'abcd-efgh', given(), async () => {})
  t.same(await readLabel(path), label)
  t.same(await entriesOf(readSealed(path, ' ABCD EFGH ')), entries)
  await t.rejects(entriesOf(readSealed(path, 'abcd-efgi')), /not the code/)
  await t.rejects(
    writeSealed(path, label, 'x', given(), async () => {}),
    /is there already/,
  )

  await noteRestored(path, 'card-1')
  t.same(await readLabel(path), { ...label, restoredTo: 'card-1' })
  t.same(await entriesOf(readSealed(path, 'abcdefgh')), entries, 'the note changes nothing of it')
  const bytes = readFileSync(path)
  for (const at of [20, 4200, bytes.length - 20, bytes.length - 1]) {
    const spoilt = Buffer.from(bytes)
    spoilt[at]! ^= 1
    writeFileSync(path, spoilt)
    await t.rejects(entriesOf(readSealed(path, 'abcdefgh')), { name: 'BackupError' }, `byte ${at}`)
  }
  writeFileSync(path, bytes.subarray(0, -16))
  await t.rejects(entriesOf(readSealed(path, 'abcdefgh')), /not written to its end/)
  writeFileSync(path, 'something else')
  await t.rejects(readLabel(path), /is no backup of a terminal/)
})

t.test('its code is written down by hand: no letters that are mistaken, and never the same', async (t) => {
  const codes = Array.from({ length: 100 }, newCode)
  for (const code of codes) t.match(code, /^([a-hjkmnp-z2-9]{4}-){4}[a-hjkmnp-z2-9]{4}$/)
  t.equal(new Set(codes).size, 100)
})

t.test('a place where nothing can be written is named', async (t) => {
  const nowhere = join(t.testdir(), 'gone', 'backup')
  await t.rejects(
    writeSealed(nowhere, label, 'abcd', given(), async () => {}),
    { name: 'BackupError', message: `cannot write ${nowhere} (ENOENT)` },
  )
  await t.rejects(noteRestored(nowhere, 'card-1'), {
    name: 'BackupError',
    message: /\(ENOENT\), where it must be noted .*; copy it to a place that can be written/,
  })
})

t.test(
  'until the old card is closed, a backup cannot be opened, and one that fails is not there',
  async (t) => {
    const path = join(t.testdir(), 'backup')
    const closing = async () => {
      await t.rejects(entriesOf(readSealed(path, 'abcd')), /not written to its end/)
    }
    await writeSealed(path, label, 'abcd', given(), closing)
    const other = join(t.testdirName, 'other')
    const fail = () => Promise.reject(new Error('the disk is full'))
    await t.rejects(writeSealed(other, label, 'abcd', given(), fail), /disk is full/)
    await t.rejects(readLabel(other), /cannot read/)
  },
)

t.test('the filter', async (t) => {
  const secret = 'Pä"ss/word+1'
  const mask = maskOf([secret, 'abc'])
  for (const form of formsOf(secret)) t.equal(mask(`a ${form} b`), 'a …secret… b', form)
  t.equal(mask('abc is too short to be one'), 'abc is too short to be one')
  t.equal(mask('mqtts://user:pw@broker/x mqtt://b'), 'mqtts://…secret…@broker/x mqtt://b')
  t.equal(mask('psk="my house" password: x, next'), 'psk=…secret… password: …secret…, next')
  const pem = '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----'
  t.equal(mask(`see\n${pem}\n.`), 'see\n…secret…\n.')
  t.equal(mask('-----BEGIN EC PRIVATE KEY-----\nMIGH'), '…secret…', 'cut off')
  t.same(secretsIn(pem), ['MIGHAgEAMBMGByqGSM49'])
  t.same(secretsIn('word\n'), ['word'])
})

t.test('what cannot be had is told of, and stops nothing', async (t) => {
  const pieces = [
    { name: 'a.txt', about: 'the first', collect: async () => 'my hush-hush' },
    { name: 'b.txt', about: 'the second', collect: () => Promise.reject(new Error('no hush-hush here')) },
    { name: 'c.txt', about: 'the third', collect: async () => 'c' },
  ]
  const bundle = await collected(pieces, maskOf(['hush-hush']), () => {})
  t.same(
    bundle.entries.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]),
    [
      ['a.txt', 'my …secret…'],
      ['c.txt', 'c'],
    ],
  )
  t.match(
    readmeOf('Faccina', pieces, bundle),
    /a\.txt +the first[\s\S]*Could not be had:\n +b\.txt +no …secret… here/,
  )
  const tar = archived('faccina-support', 'what this is\n', bundle, 1_777_777_777)
  t.same(
    (await entriesOf(unpacked(tar))).map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]),
    [
      ['faccina-support/README.txt', 'what this is\n'],
      ['faccina-support/a.txt', 'my …secret…'],
      ['faccina-support/c.txt', 'c'],
    ],
    'what this is comes first',
  )
})
