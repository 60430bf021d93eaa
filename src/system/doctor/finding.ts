export * from '../../ports/examiner.ts'

/** The error code of the system, of TLS or of MQTT; the one below it where the error itself has none. */
export function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  return code !== undefined ? String(code) : cause === undefined ? '' : codeOf(cause)
}
