import { execFileSync } from 'node:child_process'
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as passed } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { serviceNodeOptions } from '../bench/node-options.ts'
import { freePort } from '../contracts/free-port.ts'
import { Committer, type Event } from './committer.ts'
import { Evidence, type Pressed } from './evidence.ts'
import { folder } from './folder.ts'
import { type Mosquitto, openMosquitto } from './mosquitto.ts'
import { Random } from './random.ts'
import { TerminalChild } from './terminal-child.ts'
import { comeAndPress } from './visits.ts'

/*
 * The days of a busy counter, with nothing but people and faults: its clock runs faster than the world, and where nobody
 * would come nobody is waited for. Each hour something may befall it, drawn by a seed. At the end every promise is looked
 * at, and whether memory and file handles have grown.
 *
 *     FACCINA_SOAK_DAYS=6 FACCINA_SEED=1 npx tap --disable-coverage --timeout=7200 test/system/soak.test.ts
 */

const days = Number(process.env.FACCINA_SOAK_DAYS ?? 1)
const seed = Number(process.env.FACCINA_SEED ?? Date.now() % 2 ** 31)
const hoursADay = 9
const visitsAnHour = 40
/** Sixty is faster, but a busy computer may then answer a question too late. */
const hurry = Number(process.env.FACCINA_HURRY ?? 20)
/** After its visits an hour goes on for so long in the world. */
const restMs = 2_000
/** As under systemd: what grows then is no garbage. */
const nodeOptions = await serviceNodeOptions()
const asRoot = process.getuid?.() === 0

const faults = [
  'broker gone',
  'broker mute',
  'terminal killed',
  'terminal stopped',
  'terminal paused',
] as const
type Fault = (typeof faults)[number] | 'disk full'
const possible: readonly Fault[] = asRoot ? [...faults, 'disk full'] : faults
/** The share of hours that have one. */
const unlucky = 0.5

interface Reading {
  life: number
  mb: number
  handles: number
}

/** A counter with its broker and its disk, and what is known of them. */
class Counter implements AsyncDisposable {
  readonly #port: number
  readonly #directory: string
  readonly presses: Pressed[] = []
  readonly readings: Reading[] = []
  #broker: Mosquitto | undefined
  #terminal: TerminalChild | undefined
  #life = 0

  constructor(port: number, directory: string) {
    this.#port = port
    this.#directory = directory
  }

  async brokerIsThere(): Promise<void> {
    this.#broker ??= await openMosquitto(['allow_anonymous true'], {}, this.#port)
  }

  /** It forgets all that it has. */
  async brokerIsGone(): Promise<void> {
    await this.#broker?.kill()
    await this.#broker?.[Symbol.asyncDispose]()
    this.#broker = undefined
  }

  signalBroker(signal: NodeJS.Signals): void {
    this.#broker?.signal(signal)
  }

  async terminalIsThere(): Promise<TerminalChild> {
    if (this.#terminal && this.#terminal.process.exitCode === null && this.#terminal.signal === null)
      return this.#terminal
    this.#life++
    this.#terminal = await TerminalChild.start({
      directory: this.#directory,
      broker: `mqtt://127.0.0.1:${this.#port}`,
      nodeOptions: [...nodeOptions, '--import', new URL('hurry.mjs', import.meta.url).href],
      env: { FACCINA_HURRY: String(hurry) },
      more: {
        visit: { correctionSeconds: 0, lockoutSeconds: 1, reasonSeconds: 120 },
        delivery: { confirmation: 'collector', recommitSeconds: 30 },
      },
    })
    return this.#terminal
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    await this.#terminal?.kill(signal)
  }

  pause(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#terminal?.process.kill(signal)
  }

  /** Somebody else has taken all that was left of it. */
  async fillDisk(): Promise<void> {
    const filler = await open(this.#filler, 'w')
    const block = Buffer.alloc(1024 * 1024)
    try {
      for (;;) await filler.writeFile(block)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    } finally {
      await filler.close()
    }
  }

  async emptyDisk(): Promise<void> {
    await rm(this.#filler, { force: true })
  }

  get #filler(): string {
    return join(this.#directory, 'store', 'of-somebody-else')
  }

  /** So many citizens, as far as the terminal lives. */
  async serve(visits: number): Promise<void> {
    const terminal = await this.terminalIsThere()
    try {
      await comeAndPress(terminal, this.presses, visits)
    } catch (error) {
      await passed(500)
      const { exitCode } = terminal.process
      if (terminal.signal === null && exitCode === null)
        throw new Error(`${error}\n${terminal.output.slice(-3_000)}`)
    }
  }

  async read(): Promise<void> {
    const { pid } = (await this.terminalIsThere()).process
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    this.readings.push({
      life: this.#life,
      mb: (Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024) / 1e6,
      handles: (await readdir(`/proc/${pid}/fd`)).length,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#terminal?.[Symbol.asyncDispose]()
    await this.brokerIsGone()
  }
}

/** An hour of the counter in which this happens. */
async function hour(
  counter: Counter,
  fault: Fault | undefined,
  visits: number,
  random: Random,
): Promise<void> {
  const soon = () => passed(random.between(0, 1_500))
  const serve = counter.serve(visits)
  serve.catch(() => {})
  switch (fault) {
    case 'broker gone':
      await soon()
      await counter.brokerIsGone()
      break
    case 'broker mute':
      await soon()
      counter.signalBroker('SIGSTOP')
      break
    case 'terminal killed':
      await soon()
      await counter.kill('SIGKILL')
      break
    case 'terminal stopped':
      await soon()
      await counter.kill('SIGTERM')
      break
    case 'terminal paused':
      await soon()
      counter.pause('SIGSTOP')
      await passed(500)
      counter.pause('SIGCONT')
      break
    case 'disk full':
      await counter.fillDisk()
  }
  await serve
  await passed(restMs)
  await counter.emptyDisk()
  counter.signalBroker('SIGCONT')
  await counter.brokerIsThere()
  await counter.terminalIsThere()
}

/** The storage on a disk of its own, which is small enough to be filled. */
async function place(t: Test): Promise<string> {
  const directory = await folder(t)
  const store = join(directory, 'store')
  await mkdir(store)
  if (asRoot) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', store])
    t.teardown(() => execFileSync('umount', ['--lazy', store]))
  }
  return directory
}

const timeout = 7_200_000
t.setTimeout(timeout)

t.test(`${days} days of a counter (FACCINA_SEED=${seed})`, { timeout }, async (t) => {
  const random = new Random(seed)
  const evidence = new Evidence()
  const heard = (event: Event) => evidence.heard(kindOf(event))
  const port = await freePort()
  await using committer = Committer.open(port, { commits: true, heard })
  await using counter = new Counter(port, await place(t))
  await counter.brokerIsThere()
  const happened = new Map<string, number>()
  for (let n = 0; n < days * hoursADay; n++) {
    const fault = random.chance(unlucky) ? random.pick(possible) : undefined
    happened.set(fault ?? 'nothing', (happened.get(fault ?? 'nothing') ?? 0) + 1)
    await hour(counter, fault, visitsAnHour, random)
    await counter.read()
  }
  await counter.serve(2)
  const last = counter.presses.findLast(({ told }) => told !== 'nothing')!
  // Votes arrive in order: with the last one all are there.
  await committer.until(() => committer.last >= last.from, 300_000)
  for (const press of counter.presses) evidence.pressed(press)
  const { figures, faults } = evidence.verdict()
  t.comment([...happened].map(([what, times]) => `${times} × ${what}`).join(', '))
  t.comment(JSON.stringify(figures))
  t.same(Object.values(faults).flat(), [], 'every promise is kept')
  t.same(committer.faults, [])
  t.ok(figures.thanked > 0.5 * days * hoursADay * visitsAnHour, `${figures.thanked} were thanked`)
  const { readings } = counter
  const handles = readings.map((reading) => reading.handles)
  const [least, most] = [Math.min(...handles), Math.max(...handles)]
  t.ok(most - least <= 8, `${least} to ${most} file handles`)
  for (const rise of risesOf(readings))
    t.ok(rise.mb <= 12, `${rise.mb.toFixed(1)} MB more after ${rise.hours} hours of one life`)
})

function kindOf(event: Event) {
  if ('face' in event.data) return { kind: 'vote', event } as Parameters<Evidence['heard']>[0]
  return { kind: 'hours' in event.data ? 'summary' : 'gap', event } as Parameters<Evidence['heard']>[0]
}

/** By how much each life of some length has grown, from its second hour on. */
function risesOf(readings: readonly Reading[]): { mb: number; hours: number }[] {
  const lives = new Map<number, number[]>()
  for (const { life, mb } of readings) lives.set(life, [...(lives.get(life) ?? []), mb])
  return [...lives.values()]
    .filter((all) => all.length >= 6)
    .map((all) => {
      const half = Math.floor((all.length - 1) / 2)
      const lowest = (some: number[]) => Math.min(...some)
      return { mb: lowest(all.slice(1 + half)) - lowest(all.slice(1, 1 + half)), hours: all.length }
    })
}
