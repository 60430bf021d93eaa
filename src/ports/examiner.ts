/** What a check came to. `skipped` says nothing about the terminal: it could not be looked at. */
export type Result = 'good' | 'warning' | 'failed' | 'skipped'

/** What is told about one thing, for a technician who is no programmer. Never holds a secret. */
export interface Told {
  result: Result
  /** What is there. */
  found: string
  /** The one next thing to do; empty where there is nothing to do. */
  next: string
}

export interface Finding extends Told {
  name: string
}

/** One thing to look at. It changes nothing, and gives up when the signal aborts. */
export interface Check {
  name: string
  look: (signal: AbortSignal) => Promise<Told>
  /** What to do where no answer comes in time. */
  slow?: string
}

export const good = (found: string): Told => ({ result: 'good', found, next: '' })
export const warning = (found: string, next: string): Told => ({ result: 'warning', found, next })
export const failed = (found: string, next: string): Told => ({ result: 'failed', found, next })
export const skipped = (found: string, next = ''): Told => ({ result: 'skipped', found, next })

/** The part of a message that says what to do, as messages about hardware end with it: `what is wrong: what to do`. */
export function adviceIn(message: string): string | undefined {
  const [plain = ''] = message.split(/; (?:it is awaited|votes go on)/)
  const at = plain.lastIndexOf(': ')
  // One thing at a time.
  const [advice = ''] = at < 0 ? [] : plain.slice(at + 2).split('; ')
  return advice.includes(' ') && advice !== 'being opened'
    ? `${advice.charAt(0).toUpperCase()}${advice.slice(1)}.`
    : undefined
}
