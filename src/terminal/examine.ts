import type { Clock } from '../ports/clock.ts'
import { type Check, type Finding, failed, skipped, type Told } from '../ports/examiner.ts'

/** How long one check may take, and all of them together. */
const checkMs = 10_000
const wholeMs = 40_000

export interface Examination {
  findings: Finding[]
  /** Whether something did not answer in time, and may be at it still. */
  late: boolean
}

/** Looks at one thing after the other, tells of each as soon as it is known, and comes to an end in any case. */
export async function examine(
  checks: readonly Check[],
  clock: Clock,
  tell: (finding: Finding) => void,
): Promise<Examination> {
  const end = clock.now().mono + wholeMs
  const findings: Finding[] = []
  let late = false
  for (const check of checks) {
    const ms = Math.min(checkMs, end - clock.now().mono)
    const told = ms > 0 ? await within(ms, check, clock) : skipped('there was no time left for it', again)
    if (told === 'late') late = true
    const finding = { name: check.name, ...(told === 'late' ? tooSlow(ms, check) : told) }
    findings.push(finding)
    tell(finding)
  }
  return { findings, late }
}

const again = 'Mend what is named above, then run it again: faccina doctor'

async function within(ms: number, check: Check, clock: Clock): Promise<Told | 'late'> {
  const stop = new AbortController()
  return new Promise((resolve) => {
    const alarm = clock.alarm(clock.now().mono + ms, () => {
      resolve('late')
      stop.abort()
    })
    const looked = (async () => check.look(stop.signal))()
    looked.then(
      (told) => {
        alarm[Symbol.dispose]()
        resolve(told)
      },
      (error: unknown) => {
        alarm[Symbol.dispose]()
        resolve(unforeseen(error))
      },
    )
  })
}

function tooSlow(ms: number, { slow = 'Restart the terminal, then run it again: faccina doctor' }: Check) {
  return failed(`no answer within ${Math.round(ms / 1000)} s`, slow)
}

/** A check says itself what can go wrong; the rest is for us to mend. */
function unforeseen(error: unknown): Told {
  const message = error instanceof Error ? error.message : String(error)
  return failed(message, 'Report this line to the makers of Faccina: it was not foreseen.')
}
