import { plainValues, readDocument, settingsWords } from './document.ts'
import { parseSettings } from './parse.ts'
import type { Settings } from './settings.ts'

/**
 * Settings enough to open a panel with, of a file that is wrong elsewhere: what it says of the panel, if that can be
 * used, else the defaults. Where the terminal stands is nowhere.
 */
export function panelPartOf(text: string): Settings {
  const { read } = readDocument(text, '', settingsWords)
  const plain = read && plainValues(read)
  const values = plain && 'values' in plain ? (plain.values as Record<string, unknown>) : {}
  const { panel, parts, browser } = values
  const terminal = { municipality: '-', office: '-', counter: '-' }
  for (const some of [{ panel, parts, browser }, { browser }, {}]) {
    // JSON is YAML.
    const parsed = parseSettings(JSON.stringify({ terminal, ...some }), '')
    if (parsed.ok) return parsed.settings
  }
  throw new TypeError('the defaults of the settings are wrong')
}
