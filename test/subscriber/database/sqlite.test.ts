import t from 'tap'
import { databaseContract } from './contract.ts'
import { openSqliteWorld } from './sqlite-world.ts'

t.test('SQLite', (t) => databaseContract(t as typeof import('tap').t, openSqliteWorld))
