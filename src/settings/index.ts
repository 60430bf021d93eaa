/** The settings: one schema gives type, default, limits, error message and reference. */
export { settingsExample } from './example.ts'
export { settingsJsonSchema } from './json-schema.ts'
export { maskedSettings } from './masked.ts'
export { type Parsed, type PositionOf, parseSettings } from './parse.ts'
export { formatProblem, formatWarning, type Problem, SettingsError, type Warning } from './problem.ts'
export { settingsReference } from './reference.ts'
export type { Settings } from './settings.ts'
