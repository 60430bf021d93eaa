/** Something in the settings file that keeps the terminal from starting. */
export interface Problem {
  file: string
  /** Counted from 1; 0 when it is about the file as a whole. */
  line: number
  column: number
  /** Dotted name, e.g. `broker.url`; empty when it is not about one key. */
  key: string
  /** What is there, in words; never a secret. */
  found: string
  /** What may be there, in words; empty when `hint` says it all. */
  allowed: string
  /** What to do, in whole sentences. */
  hint?: string
}

/** Something in the settings file that works, but that one should know of. */
export interface Warning {
  file: string
  line: number
  column: number
  key: string
  message: string
}

/** One line: file, line, key, what was found, what is allowed. */
export function formatProblem({ file, line, key, found, allowed, hint }: Problem): string {
  const fact = `${place(file, line, key)} found ${found}`
  return `${fact}${allowed && `; allowed here: ${allowed}`}.${hint ? ` ${hint}` : ''}`
}

export function formatWarning({ file, line, key, message }: Warning): string {
  return `${place(file, line, key)} ${message}`
}

function place(file: string, line: number, key: string): string {
  return `${file}:${line > 0 ? `${line}:` : ''}${key ? ` ${key}:` : ''}`
}

/** The settings cannot be used. For the technician at the file: each line says where and what to do. */
export class SettingsError extends Error {
  override name = 'SettingsError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map(formatProblem).join('\n'), options)
    this.problems = problems
  }
}
