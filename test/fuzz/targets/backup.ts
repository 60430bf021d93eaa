import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Entry, packed, unpacked } from '../../../src/system/archive/tar.ts'
import { BackupError, readLabel, readSealed, writeSealed } from '../../../src/system/backup/sealed.ts'
import { must, mustEqual, type Target } from '../engine/target.ts'

const code = 'abcd-efgh-jkmn-pqrs-tuvw'
const entries: Entry[] = [
  { name: 'settings.yaml', mode: 0o640, bytes: Buffer.from('terminal: {}\n') },
  { name: `storage/identity/${'long/'.repeat(22)}key.pem`, mode: 0o600, bytes: Buffer.alloc(700, 'k') },
  { name: 'journal/000000000001.segment', mode: 0o640, bytes: Buffer.alloc(0) },
]
const label = { terminal: 'c_e506/anagrafe/3', at: '2026-05-04T09:00:00Z', waiting: 3 }

const folder = mkdtempSync(join(tmpdir(), 'faccina-fuzz-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'terminal.backup')
const sealed = sealedBytes()

const target: Target = {
  holds:
    'an archive is entries, which packed again are the same, or a refusal; a backup whose sealed part was changed in any way is refused in words, and never ends as if it were whole; its code stands in no sentence',
  covers: ['src/system/archive/tar.ts', 'src/system/backup/sealed.ts'],
  maxBytes: 8_192,
  words: [
    'ustar\0' + '00',
    '\0\0\0\0\0\0\0',
    '00000000012\0',
    '0000640\0',
    '../',
    '"restoredTo":"abc"',
    'faccina-backup/2',
    Buffer.alloc(512),
  ],
  mutations: [summed],
  async *corpus() {
    for (const some of [entries, ...entries.map((one) => [one])])
      yield Buffer.concat([Buffer.of(0), ...(await allOf(packed(some, 0)))])
    // Changes of a sealed file, since what is in it depends on its salt: place, and what is put there.
    for (let at = 0; at < 4; at++) yield Uint8Array.of(1, at * 4, 10, 1, 0x20)
    yield Uint8Array.of(1, 16, 5, 2, 0)
    yield Uint8Array.of(1, 16, 200, 1, 1)
    yield Uint8Array.of(1)
    yield Buffer.concat([Buffer.of(2), Buffer.from('{"format":"faccina-backup/2"}\n')])
  },
  async check([which = 0, ...rest]) {
    if (which % 3 === 0) await mustBeAnArchive(Uint8Array.from(rest))
    else if (which % 3 === 1) await mustBeRefused(rest)
    else await mustBeWords(Uint8Array.from(rest))
  },
}
export default target

async function mustBeAnArchive(bytes: Uint8Array): Promise<void> {
  let all: Entry[]
  try {
    all = await allOf(unpacked(chunks(bytes)))
  } catch (error) {
    must(error instanceof TypeError && /archive/.test(error.message), () => `refused with ${error}`)
    return
  }
  for (const { name, mode, bytes: content } of all) {
    must(content.length <= bytes.length && Number.isInteger(mode), 'an entry that cannot be')
    must(!name.includes('\0'), 'a name with a zero in it')
  }
  // Another program may divide a name in another way, or in one that we never would.
  if (all.some(({ name }) => Buffer.byteLength(name) > 100 || !/^[\x20-\x7e]+$/.test(name))) return
  const again = await allOf(unpacked(packed(all, 0)))
  mustEqual(again, all, 'packed again')
}

/** `[place, value]` pairs of what is changed in a sealed file: only its label may be changed, and only where nothing is sealed. */
async function mustBeRefused([high = 0, low = 0, kind = 0, value = 0]: number[]): Promise<void> {
  const original = await sealed
  const bytes = Buffer.from(original)
  const at = (high * 256 + low) % bytes.length
  if (kind === 1) bytes[at] = value
  else if (kind === 2) writeFileSync(file, bytes.subarray(0, at))
  else bytes[at]! ^= 1 << (value & 7)
  if (kind !== 2) writeFileSync(file, bytes)
  const read = await contents()
  const same = kind !== 2 && bytes.equals(original)
  const behindLabel = at >= original.indexOf(0x0a)
  if (same || (kind === 1 && at < 4_096 && behindLabel)) {
    if (Array.isArray(read)) mustEqual(read, entries, 'what was sealed')
    return
  }
  // Spaces behind the label are nothing; everything else is sealed, or says so.
  if (Array.isArray(read)) {
    mustEqual(read, entries, 'what was sealed')
    must(at < 4_096, () => `changed at ${at} of ${original.length}, and read`)
  }
}

async function mustBeWords(bytes: Uint8Array): Promise<void> {
  writeFileSync(file, bytes)
  const read = await contents()
  must(!Array.isArray(read), 'a backup that nobody made')
  try {
    must(typeof (await readLabel(file)) === 'object', 'a label that is none')
  } catch (error) {
    must(error instanceof BackupError, () => `refused with ${error}`)
  }
}

async function contents(): Promise<Entry[] | BackupError> {
  try {
    return await allOf(readSealed(file, code))
  } catch (error) {
    must(error instanceof BackupError, () => `refused with ${error}`)
    must(!error.message.includes(code), 'the code is told')
    return error
  }
}

async function allOf<T>(these: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of these) all.push(one)
  return all
}

/** The same with sums that are right again, where a block looks like the head of a file. */
function summed(input: Uint8Array): Uint8Array {
  const bytes = Buffer.from(input)
  for (let at = 1; at + 512 <= bytes.length; at += 512) {
    const head = bytes.subarray(at, at + 512)
    if (head.toString('latin1', 257, 262) !== 'ustar') continue
    const sum = head.fill(' ', 148, 156).reduce((all, byte) => all + byte, 0)
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  }
  return bytes
}

async function sealedBytes(): Promise<Buffer> {
  const path = join(folder, 'first.backup')
  await writeSealed(path, label, code, listed(entries), async () => {})
  return readFileSync(path)
}

async function* listed(all: readonly Entry[]): AsyncGenerator<Entry> {
  yield* all
}

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700)
}
