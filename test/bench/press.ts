import type { Edge } from '../../src/domain/press-filter.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import { keys } from '../../src/domain/words.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Panel } from '../../src/ports/panel.ts'
import { type Files, realFiles } from '../../src/storage/files.ts'
import { Kiosk } from '../../src/terminal/kiosk.ts'
import { openAt, quiet } from './journals.ts'
import { type Line, quantile } from './report.ts'

const presses = 1000
const stallMs = 2000

/** From an accepted edge to the scene at the lights, on the real journal; also while the disk stalls. */
export async function benchPress(directory: string, clock: Clock): Promise<Line[]> {
  const free = await latencies(`${directory}-free`, clock, realFiles)
  const stalled = await latencies(`${directory}-stalled`, clock, stalling())
  const line = (name: string, values: number[], how: string): Line => ({
    name,
    value: quantile(values, 0.99),
    limit: 5,
    unit: 'ms',
    how,
  })
  return [
    line('press → scene p99', free, `${free.length} presses in one process, the journal on the disk`),
    line(
      'press → scene p99, disk stalls',
      stalled,
      `${stalled.length} presses while each flush takes ${stallMs} ms`,
    ),
  ]
}

async function latencies(directory: string, clock: Clock, files: Files): Promise<number[]> {
  await using journal = await openAt(directory, clock, files)
  let press: (edge: Edge) => void = () => {}
  let shown = 0
  const condition = () => ({ is: 'good' }) as const
  const onCondition = () => ({ [Symbol.dispose]() {} })
  const part = { condition, onCondition, async [Symbol.asyncDispose]() {} }
  const panel: Panel = {
    name: 'bench',
    keys: {
      ...part,
      keys,
      debounceMs: 0,
      listen: (edge) => {
        press = edge
      },
    },
    lights: {
      ...part,
      show: () => {
        shown = performance.now()
      },
    },
    display: { ...part, show() {} },
    async [Symbol.asyncDispose]() {},
  }
  using kiosk = new Kiosk({
    panel,
    survey: it2009,
    clock,
    log: { ...quiet, error() {} },
    isOpen: () => true,
    openOutsideHours: false,
    filterRules: {
      debounceMs: 0,
      stuckMs: 60_000,
      burstPresses: Number.MAX_SAFE_INTEGER,
      burstMs: 1,
      quietMs: 0,
      fingerPresses: Number.MAX_SAFE_INTEGER,
      restMs: 0,
    },
    visitRules: {
      correctionMs: 0,
      togetherMs: 0,
      lockoutMs: 0,
      thanksMs: 0,
      askMs: 1,
      askLimitMs: 1,
      recordMs: 5,
      faultMs: 0,
      languageMs: 20_000,
      gestureMs: 10_000,
      gestureBriefMs: 2_000,
      asks: [],
      reasons: [],
      languages: ['it', 'de'],
    },
  })
  kiosk.start()
  kiosk.attach(journal)
  const values: number[] = []
  for (let i = 0; i < presses; i++) {
    // Every other press is a face, so that the disk has work.
    const key = i % 2 === 0 ? 'satisfied' : 'language'
    const start = performance.now()
    shown = 0
    press({ key, edge: 'down', at: clock.now().mono })
    press({ key, edge: 'up', at: clock.now().mono })
    if (shown > 0) values.push(shown - start)
    await new Promise((resolve) => setTimeout(resolve, 6))
  }
  return values
}

/** A disk that takes two seconds for each flush, once the journal is open. */
function stalling(): Files {
  const since = performance.now()
  return {
    ...realFiles,
    async open(path, how) {
      const file = await realFiles.open(path, how)
      return {
        ...file,
        async sync() {
          if (performance.now() - since > 500) await new Promise((resolve) => setTimeout(resolve, stallMs))
          await file.sync()
        },
      }
    },
  }
}
