import { describedSettings, leavesOf } from './describe.ts'
import { withoutCredentials } from './found.ts'
import type { Settings } from './settings.ts'

/** The settings as they may be shown to others: every secret of the schema replaced. */
export function maskedSettings(settings: Settings): unknown {
  const shown = structuredClone(settings) as unknown as Record<string, unknown>
  for (const { path, about } of leavesOf(describedSettings())) {
    if (about.secret !== 'whole' && about.secret !== 'credentials') continue
    const [last = '', ...groups] = path.toReversed()
    const group = groups
      .toReversed()
      .reduce<Record<string, unknown> | undefined>(
        (inside, key) => inside?.[key] as Record<string, unknown> | undefined,
        shown,
      )
    const value = group?.[last]
    if (group && typeof value === 'string')
      group[last] = about.secret === 'whole' ? '…secret…' : withoutCredentials(value)
  }
  return shown
}
