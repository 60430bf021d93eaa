import { isBetween } from '../domain/hours.ts'
import type { Instant } from '../domain/time.ts'
import { choosePanel } from '../panels/choose.ts'
import { findDisplay } from '../panels/choose-display.ts'
import type { Lighting } from '../panels/drivers.ts'
import { readFacts } from '../panels/facts.ts'
import { openPanel } from '../panels/open-panel.ts'
import type { Profile } from '../panels/profile/profile.ts'
import { readProfile } from '../panels/profile/profile-files.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Panel } from '../ports/panel.ts'
import type { Settings } from '../settings/index.ts'

/** The panel that the settings choose, opened. Rejects with a `ProfileError` or a `ListenError`. */
export async function composePanel(
  settings: Settings,
  { clock, log }: { clock: Clock; log: Log },
): Promise<Panel> {
  const profile = await profileOf(settings, log)
  const { browser } = settings
  return openPanel(profile, { browser, lighting: lightingOf(settings), clock, log })
}

/** One profile, and parts of others where the settings say so. */
export async function profileOf({ panel, parts }: Settings, log: Log): Promise<Profile> {
  const profile = panel === undefined ? await chosen(log) : await readProfile(panel)
  for (const part of ['keys', 'lights', 'display'] as const) {
    const other = parts[part]
    if (other !== undefined) Object.assign(profile, { [part]: (await readProfile(other))[part] })
  }
  if (panel?.startsWith('/') || Object.keys(parts).length > 0) await warnOfConflicts(profile, log)
  return profile
}

/** The profiles that come with Faccina have none, but whoever mixes their own may take a line twice. */
async function warnOfConflicts(profile: Profile, log: Log): Promise<void> {
  const { pinConflicts } = await import('../panels/wiring/pin-conflicts.ts')
  for (const problem of pinConflicts(profile)) log.warn('panel profile', { panel: profile.name, problem })
}

/** What is found on the board, and on its I2C. */
async function chosen(log: Log): Promise<Profile> {
  const { profile: name, why } = choosePanel(await readFacts())
  log.info('panel chosen', { panel: name, why })
  const profile = await readProfile(name)
  const found = await findDisplay(profile)
  if (!found) return profile
  log.info('display chosen', { display: found.display.driver, why: found.why })
  return { ...profile, display: found.display }
}

/** How bright the lights are, by day and by night. */
export function lightingOf({ lights, hours }: Settings): Lighting {
  const { night, nightPercent, brightnessPercent, animation } = lights
  const timeZone = hours?.timeZone ?? 'Europe/Rome'
  // A clock that nobody has set says nothing about day and night.
  const isNight = ({ wall, synchronised }: Instant) =>
    night !== undefined && synchronised && isBetween(night, timeZone, wall)
  return {
    brightness: (now) => (isNight(now) ? nightPercent : brightnessPercent) / 100,
    animation: animation === 'on',
  }
}
