const { NODE_OPTIONS: _, ...rest } = process.env

/** For programs that a test starts: what tap puts before each Node is none of theirs, slow, and 25 MB large. */
export const plainEnv: NodeJS.ProcessEnv = rest
