import type { Fields, Log } from '../ports/log.ts'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

/** Priorities of syslog(3), which journald takes from the start of a line (sd-daemon(3)). */
const priorities: Record<LogLevel, number> = { debug: 7, info: 6, warn: 4, error: 3 }

export interface LogOptions {
  level: LogLevel
  write: (line: string) => void
  /** Whether journald reads along: it adds the time and wants priorities. */
  journald: boolean
}

/** Puts into the journal of systemd what is no event of the log, under its priority; it stays as it is elsewhere. */
export function prefixed(level: LogLevel, line: string, journald = isJournald()): string {
  return journald ? `<${priorities[level]}>${line}` : line
}

/** Whether what is written is read by journald: systemd.exec(5). */
export function isJournald(): boolean {
  return process.env.JOURNAL_STREAM !== undefined
}

/** One line an event: `level event key=value …`. */
export function openLog({ level, write, journald }: LogOptions): Log {
  const from = logLevels.indexOf(level)
  const at =
    (name: LogLevel) =>
    (event: string, fields: Fields = {}) => {
      if (logLevels.indexOf(name) < from) return
      const text = [event, ...Object.entries(fields).flatMap(([key, value]) => field(key, value))].join(' ')
      write(
        journald
          ? `<${priorities[name]}>${text}\n`
          : `${new Date().toISOString()} ${name.padEnd(5)} ${text}\n`,
      )
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function field(key: string, value: unknown): string[] {
  if (value === undefined) return []
  const text =
    value instanceof Error ? value.message : typeof value === 'string' ? value : JSON.stringify(value)
  // Whatever came from outside stays on its line.
  return [`${key}=${/^[\w.:/@+,-]+$/.test(text) ? text : JSON.stringify(text)}`]
}
