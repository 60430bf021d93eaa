import type { Dialect } from '../schema.ts'

export const postgresqlDialect: Dialect = {
  key: 'bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
  integer: 'bigint',
  real: 'double precision',
  json: 'json',
  bytes: 'bytea',
  name: 'text COLLATE "C"',
  boolean: 'boolean',
  table: '',
  keyed: '',
  moment: (milliseconds) => `timestamptz 'epoch' + (${milliseconds}) * interval '1 millisecond'`,
}
