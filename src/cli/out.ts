/** Where a command speaks to. */
export interface Out {
  stdout: (text: string) => void
  stderr: (text: string) => void
  /** Whether a person looks at it on a terminal that shows colours. */
  colour: boolean
}

/** 0 fine, 1 failed, 2 used wrongly. */
export type ExitCode = 0 | 1 | 2

/** Says what was wrong with the command line, and how it goes. */
export function usedWrongly(out: Out, error: unknown, usage: string): ExitCode {
  // parseArgs explains at length how to pass a value that begins with a dash.
  const message = (error as Error).message.split('. To specify')[0]
  out.stderr(`faccina: ${message}\n\n${usage}`)
  return 2
}
