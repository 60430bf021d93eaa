import { spawn } from 'node:child_process'
import type { Log } from '../ports/log.ts'
import type { Notice, Supervisor } from '../ports/supervisor.ts'

export interface NotifyOptions {
  /** NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID are read from here (sd_notify(3), sd_watchdog_enabled(3)). */
  env: NodeJS.ProcessEnv
  pid: number
  log: Log
  /** Where it is not the usual one. */
  program?: string
}

/** It waits itself until systemd has taken the message, no longer than 5 s. */
const sendMs = 6_000
const retryMs = 5_000

/** systemd as the supervisor; undefined where it did not ask to be told. */
export function openSupervisor(options: NotifyOptions): SystemdSupervisor | undefined {
  return options.env.NOTIFY_SOCKET ? new SystemdSupervisor(options) : undefined
}

/**
 * Node has no sockets for datagrams between processes, and a native package for a message every few seconds
 * is much: so systemd's own program sends them, with all there is to say in one run, and one run at a time. It
 * stays until systemd has read the message; one who leaves at once is no longer known to be of the service.
 * The unit needs `NotifyAccess=all`.
 */
export class SystemdSupervisor implements Supervisor, AsyncDisposable {
  readonly watchdogMs?: number
  readonly #options: NotifyOptions
  #next: Notice = {}
  #sending: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined
  #failed = false
  #missing = false

  constructor(options: NotifyOptions) {
    this.#options = options
    const watchdogMs = watchdogOf(options)
    if (watchdogMs !== undefined) this.watchdogMs = watchdogMs
  }

  tell(notice: Notice): void {
    this.#next = { ...this.#next, ...notice }
    this.#sending ??= this.#sendAll()
  }

  /** Waits for what is on its way. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sending
    clearTimeout(this.#retry)
  }

  async #sendAll(): Promise<void> {
    while (!this.#missing && Object.keys(this.#next).length > 0) {
      const notice = this.#next
      this.#next = {}
      const failure = await this.#send(notice)
      if (failure === undefined) continue
      this.#fail(failure, notice)
      break
    }
    this.#sending = undefined
  }

  /** What is lost is told again later, but not that we are alive: later that may no longer be so. */
  #fail(failure: Error, { alive: _, ...lost }: Notice): void {
    const { log } = this.#options
    if (!this.#failed) log.warn('systemd cannot be told how the terminal is', { problem: failure })
    this.#failed = true
    this.#missing = (failure as NodeJS.ErrnoException).code === 'ENOENT'
    this.#next = { ...lost, ...this.#next }
    clearTimeout(this.#retry)
    if (!this.#missing) this.#retry = setTimeout(() => this.tell({}), retryMs).unref()
  }

  /** Resolves with what went wrong. */
  #send(notice: Notice): Promise<Error | undefined> {
    const { env, program = 'systemd-notify' } = this.#options
    return new Promise((resolve) => {
      try {
        const child = spawn(program, assignments(notice), {
          env: { PATH: env.PATH, NOTIFY_SOCKET: env.NOTIFY_SOCKET },
          stdio: ['ignore', 'ignore', 'pipe'],
          timeout: sendMs,
          killSignal: 'SIGKILL',
        })
        let said = ''
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          said = (said + text).slice(0, 200)
        })
        child.on('error', resolve)
        child.on('exit', (code, signal) =>
          resolve(
            code === 0 ? undefined : new Error(`${program} ended with ${code ?? signal}: ${said.trim()}`),
          ),
        )
      } catch (error) {
        resolve(error as Error)
      }
    })
  }
}

function assignments({ ready, alive, stopping, status }: Notice): string[] {
  return [
    ...(ready ? ['READY=1'] : []),
    ...(stopping ? ['STOPPING=1'] : []),
    ...(status === undefined ? [] : [`STATUS=${status}`]),
    ...(alive ? ['WATCHDOG=1'] : []),
  ]
}

function watchdogOf({ env, pid }: NotifyOptions): number | undefined {
  const { WATCHDOG_USEC, WATCHDOG_PID } = env
  const ms = Number(WATCHDOG_USEC) / 1000
  const meansUs = !WATCHDOG_PID || WATCHDOG_PID === String(pid)
  return meansUs && ms > 0 && Number.isFinite(ms) ? ms : undefined
}
