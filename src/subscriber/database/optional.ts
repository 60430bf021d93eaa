import { DatabaseError } from './database.ts'

/** How a package is imported, so that tests can put another one in its place. */
export type Import = (name: string) => Promise<unknown>

const importIt: Import = (name) => import(name)

/** An optional package, loaded only now. Rejects with a `DatabaseError` that says whether it is absent or does not load. */
export async function loadOptional<T>(name: string, what: string, load: Import = importIt): Promise<T> {
  try {
    const loaded = await load(name)
    // A CommonJS module is the default of what is imported.
    return ((loaded as { default?: T }).default ?? loaded) as T
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    const absent = new RegExp(`^Cannot find (package|module) '${name}'`).test(message)
    const why = absent
      ? `which is not there; npm install ${name}`
      : `which is there but does not load: ${message.split('\n', 1)[0]}`
    throw new DatabaseError('wrong', `${what} needs the optional package ${name}, ${why}`, { cause })
  }
}
