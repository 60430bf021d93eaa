import { checkFile } from './checked-file.ts'
import { type Path, settingsWords } from './document.ts'
import type { Problem, Warning } from './problem.ts'
import { renamed, renamedWords } from './renamed.ts'
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
 * @param table keys that have got other names; only tests have another one
 * @returns the complete settings, or every problem of the file in the order of its lines
 */
export function parseSettings(text: string, file: string, table = renamed): Parsed {
  const checked = checkFile(text, file, () => settingsSchema, settingsWords, table)
  if (!checked.ok) return checked
  const { positionOf } = checked
  const settings = complete(checked.values, file)
  const renames = checked.renames.map((one) => ({
    file,
    line: one.line,
    column: one.column,
    key: one.from,
    message: renamedWords(one),
  }))
  return { ok: true, settings, warnings: [...renames, ...warningsOf(settings, file, positionOf)], positionOf }
}
