/** Events with fields, never sentences with numbers in them: `log.warn('press ignored', { key, why })`. */
export interface Log {
  debug(event: string, fields?: Fields): void
  info(event: string, fields?: Fields): void
  warn(event: string, fields?: Fields): void
  error(event: string, fields?: Fields): void
}

export type Fields = Record<string, unknown>
