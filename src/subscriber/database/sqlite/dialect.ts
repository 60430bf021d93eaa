import type { Dialect } from '../schema.ts'

export const sqliteDialect: Dialect = {
  key: 'integer PRIMARY KEY',
  integer: 'integer',
  real: 'real',
  json: 'text',
  bytes: 'blob',
  name: 'text',
  boolean: 'integer',
  table: ' STRICT',
  keyed: ' STRICT, WITHOUT ROWID',
  moment: (milliseconds) => `strftime('%Y-%m-%dT%H:%M:%fZ', (${milliseconds}) / 1000.0, 'unixepoch')`,
}
