import { encodeLine } from '../../../src/storage/line.ts'
import { SlotFile, type SlotKind } from '../../../src/storage/slots.ts'
import { cursorFile, foldedFile, timelineFile } from '../../../src/storage/small-files.ts'
import { openStateDocument } from '../../../src/storage/state-document.ts'
import { FakeLog } from '../../fakes/fake-log.ts'
import { FaultyFiles } from '../../fakes/faulty-files.ts'
import { must, mustEqual, type Target } from '../engine/target.ts'
import { filesIn } from '../inputs.ts'
import { sealedLines } from '../journal-bytes.ts'

const kinds: readonly SlotKind<unknown>[] = [cursorFile, timelineFile, foldedFile]
const place = '/journal'
const state = '/state.json'

const target: Target = {
  holds:
    'whatever stands in a small file: it opens, what it says is in the later intact slot, looking changes nothing, and what is saved next is read, also when the write was cut off; a state that is none is put aside and begins anew',
  covers: [
    'src/storage/slots.ts',
    'src/storage/small-files.ts',
    'src/storage/state-document.ts',
    'src/storage/replace-file.ts',
    'src/storage/line.ts',
  ],
  maxBytes: 9_000,
  words: ['"write":', '"position":{}', '"boots":[]', '{"boots":3,"bootId":"a"}', Buffer.alloc(4_096), '\n'],
  mutations: [(input) => sealedLines(input)],
  *corpus() {
    for (const bytes of filesIn('test/fixtures/journal-2', 'r.trimmed'))
      yield Buffer.concat([Buffer.of(0), bytes])
    yield Buffer.concat([
      Buffer.of(0),
      padded(encodeLine({ write: 2, position: { segment: 1 } })),
      encodeLine({ write: 3, position: { segment: 2 } }),
    ])
    yield Buffer.concat([Buffer.of(1), encodeLine({ write: 4, boots: [] })])
    yield Buffer.concat([Buffer.of(2), encodeLine({ write: 5, summaries: [] })])
    yield Buffer.concat([Buffer.of(3), Buffer.from('{"boots": 3, "bootId": "one", "epoch": "k3f9x2"}\n')])
  },
  async check([which = 0, ...rest]) {
    const kind = kinds[which % (kinds.length + 1)]
    if (kind) await slots(kind, Uint8Array.from(rest))
    else await document(Uint8Array.from(rest))
  },
}
export default target

async function slots(kind: SlotKind<unknown>, bytes: Uint8Array): Promise<void> {
  const path = `${place}/${kind.name}`
  const files = new FaultyFiles()
  files.put(path, bytes)
  const looked = await SlotFile.read(files, place, kind)
  must(files.get(path).equals(bytes), 'who looked has changed it')
  const { slots, value } = await SlotFile.open(files, place, kind)
  mustEqual(looked, value, 'looked at and opened')
  if (value !== undefined) {
    must(kind.is(value), 'a value of another kind')
    must(Buffer.from(bytes).includes(kind.label), 'a value that is nowhere')
  }
  const wanted = kind === cursorFile ? { segment: 7 } : [7]
  // A write that is cut off leaves what was there.
  files.changesLeft = 0
  await slots.save(wanted).catch(() => {})
  files.crash()
  mustEqual(await SlotFile.read(files, place, kind), value, 'after a cut')
  const again = await SlotFile.open(files, place, kind)
  await again.slots.save(wanted)
  files.crash()
  mustEqual(await SlotFile.read(files, place, kind), wanted, 'saved')
}

async function document(bytes: Uint8Array): Promise<void> {
  const files = new FaultyFiles()
  files.put(state, bytes)
  const log = new FakeLog()
  const opened = await openStateDocument(state, log, files)
  const { boots, bootId } = opened.data
  must(Number.isSafeInteger(boots) && boots >= 0, 'no number of boots')
  const aside = files.paths().includes(`${state}.damaged`)
  must(aside === log.complaints.length > 0, 'put aside in silence, or left and complained about')
  if (aside) must(files.get(`${state}.damaged`).equals(bytes), 'not what was put aside')
  // From there nobody can count on; the next start begins anew.
  if (!Number.isSafeInteger(boots + 1)) return
  const other = bootId === 'other' ? 'another' : 'other'
  const counted = await opened.countBoot(other)
  must(counted === boots + 1, `${boots} boots became ${counted}`)
  await opened.rememberEpoch('k3f9x2')
  files.crash()
  const again = await openStateDocument(state, new FakeLog(), files)
  mustEqual(again.data, { ...opened.data, boots: counted, bootId: other, epoch: 'k3f9x2' }, 'read again')
}

function padded(line: Buffer): Buffer {
  return Buffer.concat([line, Buffer.alloc(4_096 - line.length)])
}
