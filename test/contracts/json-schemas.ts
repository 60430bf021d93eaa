import { toJsonSchema } from '@valibot/to-json-schema'
import { published } from '../../src/contract/schemas.ts'

const titles: Record<keyof typeof published, string> = {
  vote: 'A vote',
  gap: 'Votes that can never come, and why',
  summary: 'Votes of which only counts are left',
  totals: 'Counts of all votes of an epoch',
  state: 'Whether the terminal is there',
  health: 'How the terminal is',
  survey: 'The survey in force, with its texts',
  certificate: 'What the terminal’s certificate says, and a request for the next one',
  commissioning: 'What the terminal found when it looked at itself, signed',
  committed: 'How far a collector has the votes in its database',
  served: 'How many people a counter served',
  alert: 'What a collector warns of',
  request: 'A request to the terminal',
  reply: 'The answer to a request',
}

/** Every published schema as a JSON Schema (draft 2020-12), by its path from the root of the repository. */
export function jsonSchemas(): Record<string, string> {
  const names = Object.keys(published) as (keyof typeof published)[]
  return Object.fromEntries(names.map((name) => [`src/contract/schemas/${name}.schema.json`, textOf(name)]))
}

function textOf(name: keyof typeof published): string {
  const { $schema, ...schema } = toJsonSchema(published[name], {
    target: 'draft-2020-12',
    // The format of a time says it already.
    ignoreActions: ['check'],
    // It makes the right schema of a record whose keys are a closed list, and then doubts it.
    overrideSchema: ({ valibotSchema, jsonSchema }) =>
      valibotSchema.type === 'record' ? jsonSchema : undefined,
  })
  const head = { $schema, $id: `faccina:schema/${name}/1`, title: titles[name] }
  return `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`
}
