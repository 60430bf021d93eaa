import { stringify } from 'yaml'

/** A default or an example on one line of YAML, quoted where it has to be. */
export function yamlValue(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trim()
}
