import { type Described, describedSettings, type Group, keyOf, type Leaf, type Shape } from './describe.ts'

type JsonSchema = Record<string, unknown>

/**
 * The settings file as a JSON Schema (draft 2020-12), for editors. It knows all keys, types and limits;
 * what `faccina settings check` knows besides is how some keys go together.
 */
export function settingsJsonSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'faccina:schema/settings',
    ...schemaOf(describedSettings()),
  }
}

function schemaOf(entry: Described): JsonSchema {
  const { title, description } = entry.about
  const texts = { title, ...(description && { description }) }
  return entry.is === 'group' ? { ...texts, ...groupSchema(entry) } : { ...texts, ...leafSchema(entry) }
}

function groupSchema({ entries, about, required, path }: Group): JsonSchema {
  const needed = entries.filter((entry) => entry.required).map(keyOf)
  const [a, b] = about.together ?? []
  return {
    // A section whose keys are all commented out is nothing to YAML, and has its defaults.
    type: required || path.length === 0 ? 'object' : ['object', 'null'],
    properties: Object.fromEntries(entries.map((entry) => [keyOf(entry), schemaOf(entry)])),
    ...(needed.length > 0 && { required: needed }),
    additionalProperties: false,
    ...(a && b && { dependentRequired: { [a]: [b], [b]: [a] } }),
    ...(about.notBoth && { not: { required: about.notBoth } }),
  }
}

function leafSchema({ shape, default: value, about }: Leaf): JsonSchema {
  const emptyList = shape.is === 'list' && Array.isArray(value) && value.length === 0
  const schema = shapeSchema(shape)
  return {
    ...schema,
    ...(emptyList && { type: ['array', 'null'] }),
    ...(value !== undefined && { default: value }),
    ...(about.example !== undefined && about.secret !== 'whole' && { examples: [about.example] }),
  }
}

function shapeSchema(shape: Shape): JsonSchema {
  switch (shape.is) {
    case 'text': {
      const { minLength, maxLength, pattern } = shape
      return {
        // A number is taken as it is written.
        type: takesDigits(shape) ? ['string', 'number'] : 'string',
        ...(minLength !== undefined && { minLength }),
        ...(maxLength !== undefined && { maxLength }),
        ...(pattern !== undefined && { pattern }),
      }
    }
    case 'number':
      return { type: shape.whole ? 'integer' : 'number', minimum: shape.min, maximum: shape.max }
    case 'choice':
      return { type: 'string', enum: shape.options }
    case 'list':
      return {
        type: 'array',
        items: { ...shapeSchema(shape.item), ...(shape.item.is === 'text' && { type: 'string' }) },
        ...(shape.min > 0 && { minItems: shape.min }),
        ...(shape.max !== undefined && { maxItems: shape.max }),
        ...(shape.unique && { uniqueItems: true }),
      }
  }
}

function takesDigits({ pattern = '' }: { pattern?: string }): boolean {
  return new RegExp(pattern, 'u').test('1')
}
