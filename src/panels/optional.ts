import { HardwareError } from './errors.ts'

/** How a package is imported, so that tests can put another one in its place. */
export type Import = (name: string) => Promise<unknown>

const importIt: Import = (name) => import(name)

/**
 * An optional package, loaded only now: an installation without it works all but what needs it.
 * Rejects with a `HardwareError` that says whether it is absent or does not load, and where to look.
 */
export async function loadOptional<T>(name: string, load: Import = importIt): Promise<T> {
  let loaded: unknown
  try {
    loaded = await load(name)
  } catch (cause) {
    throw new HardwareError(whyNot(name, cause), { cause })
  }
  // A CommonJS module is the default of what is imported.
  return ((loaded as { default?: T }).default ?? loaded) as T
}

function whyNot(name: string, cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  // Node's words, since a loader between Node and us may have lost its code.
  if (new RegExp(`^Cannot find (package|module) '${name}'`).test(message))
    return `the module ${name} is not there: this image or installation lacks it (${recipe})`
  const reason = message.startsWith('Could not locate the bindings file')
    ? 'it has not been built'
    : message.split('\n', 1)[0]
  return `the module ${name} is there, but this image or installation lacks what it needs: ${reason} (${recipe})`
}

const recipe = 'npm ci brings it; on a Raspberry Pi see hardware/raspi/README.md'
