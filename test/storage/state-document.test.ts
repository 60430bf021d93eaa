import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openStateDocument } from '../../src/storage/state-document.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import { eventLog } from './journals.ts'

const path = '/var/state.json'

t.test('boots are counted, restarts within a boot are not', async (t) => {
  const files = new FaultyFiles()
  const first = await openStateDocument(path, eventLog(), files)
  t.same(first.data, { boots: 0 })
  t.equal(await first.countBoot('a'), 1)
  t.equal(await first.countBoot('a'), 1)
  t.equal(await (await openStateDocument(path, eventLog(), files)).countBoot('a'), 1)
  const second = await openStateDocument(path, eventLog(), files)
  t.equal(await second.countBoot('b'), 2)
  await second.rememberEpoch('k3f9x2')
  t.same((await openStateDocument(path, eventLog(), files)).data, { boots: 2, bootId: 'b', epoch: 'k3f9x2' })
})

t.test('changes at once come one after the other', async (t) => {
  const files = new FaultyFiles()
  const state = await openStateDocument(path, eventLog(), files)
  t.same(await Promise.all([state.countBoot('a'), state.rememberEpoch('x'), state.countBoot('b')]), [
    1,
    undefined,
    2,
  ])
  t.same((await openStateDocument(path, eventLog(), files)).data, { boots: 2, bootId: 'b', epoch: 'x' })
})

t.test('nothing is written when nothing changes', async (t) => {
  const files = new FaultyFiles()
  const state = await openStateDocument(path, eventLog(), files)
  await state.countBoot('a')
  await state.rememberEpoch('k3f9x2')
  const { changes } = files
  await state.countBoot('a')
  await state.rememberEpoch('k3f9x2')
  t.equal(files.changes, changes)
})

t.test('the epoch is remembered though no boot has been counted yet', async (t) => {
  const files = new FaultyFiles()
  await (await openStateDocument(path, eventLog(), files)).rememberEpoch('k3f9x2')
  t.same((await openStateDocument(path, eventLog(), files)).data, { boots: 0, epoch: 'k3f9x2' })
})

t.test('missing: begun anew without a word', async (t) => {
  const log = eventLog()
  t.same((await openStateDocument(path, log, new FaultyFiles())).data, { boots: 0 })
  t.same(log.events, [])
})

t.test('damaged: put aside with a warning, and begun anew', async (t) => {
  for (const content of [
    '',
    '{"boots":',
    'null',
    '[]',
    '7',
    '{}',
    '{"boots":-1}',
    '{"boots":"3"}',
    '{"boots":1.5}',
    '{"boots":1,"bootId":7}',
    '{"boots":1,"epoch":{}}',
    '\u0000\u0000\u0000',
  ]) {
    const files = new FaultyFiles()
    files.put(path, Buffer.from(content))
    const log = eventLog()
    const state = await openStateDocument(path, log, files)
    t.same(state.data, { boots: 0 }, JSON.stringify(content))
    t.match(log.events, [{ event: 'state damaged, put aside', fields: { file: `${path}.damaged` } }])
    t.equal(files.get(`${path}.damaged`).toString(), content)
    t.equal(await state.countBoot('a'), 1)
  }
})

t.test('it starts even where nothing can be put aside', async (t) => {
  const files = new FaultyFiles()
  files.put(path, Buffer.from('?'))
  files.fault = () => 'EROFS'
  const state = await openStateDocument(path, eventLog(), files)
  t.same(state.data, { boots: 0 })
  await t.rejects(state.countBoot('a'), {
    name: 'StorageError',
    message: /cannot write .*state.json: .*EROFS/,
  })
})

t.test('a disk error is told, and what was not written is not believed', async (t) => {
  for (const kind of ['create', 'write', 'sync', 'rename', 'syncDirectory'] as const) {
    const files = new FaultyFiles()
    const state = await openStateDocument(path, eventLog(), files)
    await state.countBoot('a')
    files.fault = (change) => (change === kind ? 'ENOSPC' : undefined)
    await t.rejects(state.countBoot('b'), { name: 'StorageError', message: /the disk is full/ }, kind)
    t.equal(state.data.boots, 1)
    files.fault = () => undefined
    t.equal(await state.countBoot('c'), 2, 'and the next one is tried as if nothing had been')
  }
})

t.test('a power cut after any change leaves the old state or the new one', async (t) => {
  for (let changes = 0; changes <= 8; changes++) {
    for (let seed = 1; seed <= 20; seed++) {
      const files = new FaultyFiles()
      const state = await openStateDocument(path, eventLog(), files)
      await state.countBoot('a')
      files.changesLeft = changes
      const done = await state.countBoot('b').then(
        () => true,
        () => false,
      )
      files.crash({ seed })
      const log = eventLog()
      const { boots } = (await openStateDocument(path, log, files)).data
      if (log.events.length > 0) t.fail(`damaged after ${changes} changes, seed ${seed}`)
      if (boots !== 2 && (done || boots !== 1))
        t.fail(`${boots} boots after ${changes} changes, seed ${seed}`)
    }
  }
})

t.test('on a real disk: for its owner alone, and nothing is left lying about', async (t) => {
  const root = t.testdir()
  const file = join(root, 'state.json')
  writeFileSync(`${file}.new`, 'from a start that was cut short')
  const state = await openStateDocument(file, eventLog())
  await state.countBoot('a')
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.same(JSON.parse(readFileSync(file, 'utf8')), { boots: 1, bootId: 'a' })
  t.same(readdirSync(root), ['state.json'])
})
