import type { Notice, Supervisor } from '../../src/ports/supervisor.ts'

/** Keeps what it was told. */
export class FakeSupervisor implements Supervisor {
  readonly watchdogMs?: number
  readonly told: Notice[] = []

  constructor(watchdogMs?: number) {
    if (watchdogMs !== undefined) this.watchdogMs = watchdogMs
  }

  tell(notice: Notice): void {
    this.told.push(notice)
  }

  /** What it was told since it was last asked. */
  take(): Notice[] {
    return this.told.splice(0)
  }
}
