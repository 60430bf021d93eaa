import t from 'tap'
import { eventOf } from '../../../src/subscriber/database/vote-row.ts'
import { FakeDatabase } from '../../fakes/fake-database.ts'
import { databaseContract } from './contract.ts'
import { epoch, source } from './told.ts'

t.test('the fake', (t) =>
  databaseContract(t as typeof import('tap').t, async () => {
    const database = new FakeDatabase()
    return {
      database,
      events: async () => database.votesOf(source, epoch).map((row) => eventOf(source, epoch, row)),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    }
  }),
)
