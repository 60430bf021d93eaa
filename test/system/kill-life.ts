import { once } from 'node:events'
import type { GapEvent, TotalsMessage, VoteEvent } from '../../src/contract/schemas.ts'
import { SilentError } from './children.ts'
import { Evidence, type Pressed, type Verdict } from './evidence.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'
import { comeAndPress } from './visits.ts'

/** One terminal with a directory and topics of its own, over all its lives. */
export interface Patient {
  name: string
  directory: string
  port: number
  /** What citizens did, over all lives. */
  presses: Pressed[]
  /** The votes of its first epoch that were done before. */
  before?: { epoch: string; done: number }
}

export interface LifeOptions {
  visits: number
  /** How many times faster the terminal's clock runs; see `hurry.mjs`. */
  hurry?: number
  /** More files that Node loads first. */
  imports?: string[]
  /** Words in front of Node's. */
  through?: string[]
  env?: Record<string, string>
  /** What is waited for before it is stopped. */
  beforeStop?: (terminal: TerminalChild) => Promise<unknown>
}

/** How much faster than the world a terminal lives, unless told otherwise. */
const usualHurry = 10

/** One life of the daemon: it is killed, or stopped when all visits are over. Rejects if anything else ends it. */
export async function live(
  patient: Patient,
  { visits, hurry = usualHurry, imports = [], through = [], env = {}, beforeStop }: LifeOptions,
): Promise<'killed' | 'stopped'> {
  const files = ['hurry.mjs', ...imports].flatMap((file) => ['--import', new URL(file, import.meta.url).href])
  let terminal: TerminalChild
  try {
    terminal = await TerminalChild.start({
      directory: patient.directory,
      through,
      nodeOptions: files,
      env: { ...env, FACCINA_HURRY: String(hurry) },
      more: settingsOf(patient),
    })
  } catch (error) {
    if (error instanceof SilentError && error.signal === 'SIGKILL') return 'killed'
    throw error
  }
  await using _ = terminal
  try {
    await comeAndPress(terminal, patient.presses, visits)
    await beforeStop?.(terminal)
  } catch (error) {
    if (await wasKilled(terminal)) return 'killed'
    throw new Error(`${patient.name}: ${error}\n${terminal.output}`, { cause: error })
  }
  const code = await terminal.kill('SIGTERM')
  if (terminal.signal === 'SIGKILL') return 'killed'
  if (code !== 0) throw new Error(`${patient.name}: ended with ${code}\n${terminal.output}`)
  return 'stopped'
}

/** Goes on without being killed until its last vote has arrived; compares all that its citizens were thanked for. */
export async function heal(
  patient: Patient,
  subscriber: Subscriber,
  options: Partial<LifeOptions> = {},
): Promise<Verdict> {
  const beforeStop = async () => {
    // Votes arrive in order: with the last one all are there.
    const { from } = patient.presses.findLast(({ told }) => told !== 'nothing')!
    await subscriber.until(() =>
      subscriber.of<VoteEvent>('vote').some(({ time }) => Date.parse(time) >= from),
    )
  }
  await live(patient, { visits: 2, ...options, beforeStop })
  return verdictOf(patient, subscriber)
}

function verdictOf({ presses, before }: Patient, subscriber: Subscriber): Verdict {
  const evidence = new Evidence()
  for (const press of presses) evidence.pressed(press)
  for (const event of subscriber.of<VoteEvent>('vote')) evidence.heard({ kind: 'vote', event })
  for (const event of subscriber.of<GapEvent>('gap')) evidence.heard({ kind: 'gap', event })
  if (before) {
    const data = { epoch: before.epoch, from: 1, to: before.done, hours: [] }
    evidence.heard({ kind: 'summary', event: { id: 'before', source: '', data } })
  } else {
    for (const totals of subscriber.of<TotalsMessage>('totals')) evidence.totals(totals)
  }
  return evidence.verdict()
}

/** A subscriber to this patient alone, with a session that lasts. */
export function subscribe({ name, port }: Patient): Promise<Subscriber> {
  return Subscriber.open(port, { clientId: `subscriber-${name}`, root: `${name}/1` })
}

function settingsOf({ name, port }: Patient): Record<string, unknown> {
  return {
    broker: { url: `mqtt://127.0.0.1:${port}`, clientId: name, topicRoot: `${name}/1` },
    visit: { correctionSeconds: 0, lockoutSeconds: 1, reasonSeconds: 120 },
  }
}

/** Waits for the end of one whose panel has fallen silent. */
async function wasKilled(terminal: TerminalChild): Promise<boolean> {
  if (terminal.process.exitCode === null && terminal.signal === null) {
    const late = AbortSignal.timeout(5_000)
    await once(terminal.process, 'exit', { signal: late }).catch(() => {})
  }
  return terminal.signal === 'SIGKILL'
}
