import { collectorExample } from './collector.ts'
import { settingsExample } from './example.ts'
import { settingsJsonSchema } from './json-schema.ts'
import { settingsReference } from './reference.ts'

/** The committed files that are made from the schema, by their path in the repository. */
export function generatedFiles(): Record<string, string> {
  return {
    'src/settings/reference.generated.md': settingsReference(),
    'src/settings/example.generated.yaml': settingsExample(),
    'src/settings/collector.generated.yaml': collectorExample(),
    'src/settings/schema.generated.json': `${JSON.stringify(settingsJsonSchema(), undefined, 2)}\n`,
  }
}
