import { pause } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Panel } from '../ports/panel.ts'
import type { Settings } from '../settings/index.ts'
import { panelPartOf } from '../settings/panel-part.ts'
import { readRefused } from '../system/card/refused.ts'
import { SystemClock } from '../system/clock.ts'
import { isJournald, openLog } from '../system/log.ts'
import { openSupervisor } from '../system/notify.ts'
import { parseSettingsFile, readSettingsText } from '../system/settings-file.ts'
import { problemScene, refusedWords } from '../terminal/refusal.ts'
import { composePanel } from './compose-panel.ts'
import type { Out } from './out.ts'

/** How often the file is looked at. */
const lookMs = 2_000

export interface Awaited {
  file: string
  /** What `faccina card import` left. */
  run: string
  out: Out
  stopped: Promise<unknown>
}

/**
 * Without settings there is no terminal, but there is a panel: it shows what is wrong until that is right, and the
 * supervisor has no reason to start anything anew. Resolves with undefined when it is stopped before.
 */
export async function awaitSettings({ file, run, out, stopped }: Awaited): Promise<Settings | undefined> {
  const log = openLog({ level: 'info', write: out.stderr, journald: isJournald() })
  await using supervisor = openSupervisor({ env: process.env, pid: process.pid, log })
  using clock = SystemClock.open({ source: 'auto' })
  const stop = new AbortController()
  stopped.then(() => stop.abort())
  await using panel = await anyPanel(await textOf(file), clock, log)
  panel?.keys.listen(() => {})
  let told = ''
  while (!stop.signal.aborted) {
    const read = await parseSettingsFile(file)
    if (read.ok) return read.settings
    const problems = (await readRefused(run))?.problems ?? read.problems
    const words = refusedWords(problems)
    if (words !== told) {
      told = words
      log.error('no settings to work with', { problem: words })
      const scene = problemScene(problems)
      panel?.lights.show(scene.lights, scene)
      panel?.display.show(scene)
    }
    // What is told twice is told in one run of systemd's program: it costs little, and only here.
    supervisor?.tell({ ready: true, alive: true, status: `no settings: ${words}` })
    await pause(clock, lookMs, stop.signal)
  }
  supervisor?.tell({ stopping: true })
  return undefined
}

const textOf = (file: string) => readSettingsText(file).catch(() => '')

/** The panel that the file names, or that is found on the board; a browser's where it cannot be had. */
async function anyPanel(text: string, clock: SystemClock, log: Log): Promise<Panel | undefined> {
  const wanted = panelPartOf(text)
  for (const settings of [wanted, { ...wanted, panel: 'browser' }]) {
    try {
      return await composePanel(settings, { clock, log })
    } catch (error) {
      log.warn('no panel to show it on', { problem: error })
    }
  }
  return undefined
}
