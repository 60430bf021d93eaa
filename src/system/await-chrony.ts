import { type ChildProcess, spawn } from 'node:child_process'
import type { MonoMs } from '../domain/time.ts'
import type { Clock } from '../ports/clock.ts'

/**
 * Waits without end, looks every 10 s, and is content once the clock is within 0.4 s of the right time: what
 * is left then is slewed and not stepped, as systemd-timesyncd has it. Without -n it would ask for names
 * (chronyc(1), waitsync max-tries max-correction max-skew interval).
 */
export const waitsync: readonly [string, ...string[]] = ['chronyc', '-n', 'waitsync', '0', '0.4', '0', '10']

const firstPauseMs = 1_000
const longestPauseMs = 300_000

export interface ChronyOptions {
  /** The program that ends with 0 once the clock is synchronised, and its arguments. */
  command: readonly [string, ...string[]]
  clock: Pick<Clock, 'now' | 'alarm'>
}

/**
 * Tells once chrony has synchronised the clock. One program waits for that; if it fails it is started again,
 * ever more seldom. Where it is not installed nothing comes, and nothing is tried again.
 */
export function awaitChrony({ command, clock }: ChronyOptions, tell: () => void): Disposable {
  let child: ChildProcess | undefined
  let alarm: Disposable | undefined
  let over = false
  const again = (failures: number) => {
    if (over) return
    const at: MonoMs = clock.now().mono + Math.min(longestPauseMs, firstPauseMs * 2 ** failures)
    alarm = clock.alarm(at, () => start(failures + 1))
  }
  const start = (failures: number) => {
    child = startWaiting(command, (end) => {
      if (over || end === 'missing') return
      if (end !== 'synchronised') return again(failures)
      over = true
      tell()
    })
  }
  start(0)
  return {
    [Symbol.dispose]() {
      over = true
      alarm?.[Symbol.dispose]()
      // It holds nothing that it would have to put away.
      child?.kill('SIGKILL')
    },
  }
}

type End = 'synchronised' | 'failed' | 'missing'

function startWaiting(
  [program, ...args]: ChronyOptions['command'],
  ended: (end: End) => void,
): ChildProcess | undefined {
  try {
    const child = spawn(program, args, { stdio: 'ignore' })
    let over = false
    const end = (how: End) => {
      if (over) return
      over = true
      ended(how)
    }
    child.on('error', (error: NodeJS.ErrnoException) => end(error.code === 'ENOENT' ? 'missing' : 'failed'))
    child.on('exit', (code) => end(code === 0 ? 'synchronised' : 'failed'))
    return child
  } catch {
    // No memory, no file handles: it may be better later.
    queueMicrotask(() => ended('failed'))
    return undefined
  }
}
