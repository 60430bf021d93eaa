import type * as v from 'valibot'
import type { Hours } from '../domain/hours.ts'
import { surveys } from '../domain/surveys/index.ts'
import type { Face, Language } from '../domain/words.ts'
import { withPaths } from './broker-schema.ts'
import type { settingsSchema } from './schema.ts'

type Checked = v.InferOutput<typeof settingsSchema>

/** The settings of a terminal, checked and complete: every default is filled in. */
export interface Settings extends Omit<Checked, 'broker' | 'asks' | 'languages' | 'hours'> {
  /** Without a `url` the terminal only stores. */
  broker: Checked['broker'] & { clientId: string }
  /** The faces after which the reason is asked. */
  asks: readonly Face[]
  /** The first is the panel's own. */
  languages: readonly [Language, ...Language[]]
  /** Absent: the office is always open. */
  hours?: Hours & { outside: 'closed' | 'open' }
}

/** Fills in the defaults that depend on other settings, and where the file lies that they are in. */
export function complete({ hours, ...checked }: Checked, file: string): Settings {
  const { municipality, office, counter } = checked.terminal
  const [first = 'it', ...others] = checked.languages
  return {
    ...checked,
    broker: { clientId: `faccina-${municipality}-${office}-${counter}`, ...withPaths(checked.broker, file) },
    asks: checked.asks ?? surveys[checked.survey].asks,
    languages: [first, ...others],
    ...(hours && { hours }),
  }
}
