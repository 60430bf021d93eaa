import { checkFile } from './checked-file.ts'
import { type Path, settingsWords } from './document.ts'
import type { Problem, Warning } from './problem.ts'
import { settingsSchema } from './schema.ts'
import { complete, type Settings } from './settings.ts'
import { warningsOf } from './warnings.ts'

/** Line and column of a key, e.g. of `['broker', 'ca']`. */
export type PositionOf = (path: Path) => { line: number; column: number }

export type Parsed =
  | { ok: true; settings: Settings; warnings: Warning[]; positionOf: PositionOf }
  | { ok: false; problems: Problem[] }

/**
 * Reads a settings file.
 * @param text what is in it
 * @param file its name, for the messages
 * @returns the complete settings, or every problem of the file in the order of its lines
 */
export function parseSettings(text: string, file: string): Parsed {
  const checked = checkFile(text, file, () => settingsSchema, settingsWords)
  if (!checked.ok) return checked
  const settings = complete(checked.values, file)
  const { positionOf } = checked
  return { ok: true, settings, warnings: warningsOf(settings, file, positionOf), positionOf }
}
