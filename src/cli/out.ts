/** Where a command speaks to. */
export interface Out {
  stdout: (text: string) => void
  stderr: (text: string) => void
  /** Whether a person looks at it on a terminal that shows colours. */
  colour: boolean
}

/** 0 fine, 1 failed, 2 used wrongly. */
export type ExitCode = 0 | 1 | 2

/**
 * What a command line asks for, by the command's own reading of it, which throws where it makes no sense.
 * `--help` is answered here, and so is a wrong line; then there is nothing more to do than to end.
 */
export function commandLine<T extends object>(
  out: Out,
  usage: string,
  read: () => T | 'help',
): { line: T } | { exit: ExitCode } {
  try {
    const line = read()
    if (line !== 'help') return { line }
    out.stdout(usage)
    return { exit: 0 }
  } catch (error) {
    // parseArgs explains at length how to pass a value that begins with a dash.
    const message = (error as Error).message.split('. To specify')[0]
    out.stderr(`faccina: ${message}\n\n${usage}`)
    return { exit: 2 }
  }
}
