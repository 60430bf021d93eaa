/** Where a command speaks to. */
export interface Out {
  stdout: (text: string) => void
  stderr: (text: string) => void
  /** Whether a person looks at it on a terminal that shows colours. */
  colour: boolean
}

/** 0 fine, 1 failed, 2 used wrongly. */
export type ExitCode = 0 | 1 | 2
