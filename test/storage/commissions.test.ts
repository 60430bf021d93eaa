import t from 'tap'
import { openCommissions } from '../../src/storage/commissions.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'

const request = '/var/commission'
const record = '/var/commissioning.json'

t.test('a file asks for it, once', async (t) => {
  const files = new FaultyFiles()
  const commissions = openCommissions('/var', files)
  t.notOk(await commissions.wanted())
  files.put(request, Buffer.alloc(0))
  t.ok(await commissions.wanted())
  await commissions.done()
  files.crash('nothing')
  t.notOk(await commissions.wanted(), 'also after a power cut')
})

t.test('the last record is kept as it was published', async (t) => {
  const files = new FaultyFiles()
  const commissions = openCommissions('/var', files)
  t.equal(await commissions.last(), undefined)
  await commissions.keep('{"n":1,"place":"Forlì"}')
  await commissions.keep('{"n":2,"place":"Forlì"}')
  files.crash('nothing')
  t.equal(await commissions.last(), '{"n":2,"place":"Forlì"}')
})

t.test('a power cut at any step leaves the old record or the new one', async (t) => {
  for (let changes = 0, kept = false; !kept; changes++) {
    for (const remains of ['nothing', 'all', { seed: changes }] as const) {
      const files = new FaultyFiles()
      const commissions = openCommissions('/var', files)
      await commissions.keep('old')
      files.changesLeft = changes
      kept = await commissions.keep('new').then(
        () => true,
        () => false,
      )
      files.crash(remains)
      const last = await commissions.last()
      t.ok(last === 'new' || (!kept && last === 'old'), `${last} after ${changes} changes`)
    }
  }
})

t.test('a disk error is told, and is not taken for nothing kept', async (t) => {
  const files = new FaultyFiles()
  const commissions = openCommissions('/var', files)
  await commissions.keep('old')
  files.put(request, Buffer.alloc(0))
  files.changesLeft = 0
  await t.rejects(commissions.last(), { code: 'EIO' })
  await t.rejects(commissions.wanted(), { code: 'EIO' })
  await t.rejects(commissions.keep('new'), {
    name: 'StorageError',
    message: `cannot write ${record}: the disk reports an error (EIO); the card is probably dying, exchange it`,
  })
})
