import * as v from 'valibot'
import { checkFile } from '../../settings/checked-file.ts'
import { about, text } from '../../settings/kinds.ts'
import { formatProblem, type Problem } from '../../settings/problem.ts'
import type { Driver, Own } from '../drivers.ts'
import { displayDrivers, keysDrivers, lightsDrivers, partSchema } from '../table.ts'

/** What a panel is made of: a driver for keys, for lights and for the display, each chosen on its own. */
export interface Profile {
  name: string
  /** For people. */
  title: string
  keys: Choice<typeof keysDrivers>
  lights: Choice<typeof lightsDrivers>
  display: Choice<typeof displayDrivers>
}

// biome-ignore lint/suspicious/noExplicitAny: a table of drivers for any kind of part
type Drivers = Record<string, Driver<any, unknown>>

/** One of the drivers, and what the profile says to it. */
type Choice<D extends Drivers> = {
  [Name in keyof D]: D[Name] extends Driver<infer Entries, unknown> ? { driver: Name } & Own<Entries> : never
}[keyof D]

/** A profile cannot be used. For the technician at the file: each line says where and what to do. */
export class ProfileError extends Error {
  override name = 'ProfileError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'))
    this.problems = problems
  }
}

const words = {
  nothing: 'no profile',
  sections: 'title, keys, lights, display',
  start: 'Begin with one of those in hardware/panels/.',
}

/**
 * Reads a profile.
 * @param text what is in it
 * @param file its name, for the messages
 * Throws a `ProfileError`.
 */
export function parseProfile(text: string, file: string, name: string): Profile {
  const checked = checkFile(text, file, schemaFor, words)
  if (!checked.ok) throw new ProfileError(checked.problems)
  const profile = { ...(checked.values as Omit<Profile, 'name'>), name }
  const { lights } = profile
  if ('shape' in lights && lights.shape === 'matrix' && lights.pixelsPerFace % lights.width !== 0) {
    const place = checked.positionOf(['lights', 'width'])
    throw new ProfileError([
      {
        file,
        ...place,
        key: 'lights.width',
        found: `${lights.width} with ${lights.pixelsPerFace} pixels`,
        allowed: 'a width that divides lights.pixelsPerFace',
      },
    ])
  }
  return profile
}

/** The drivers that a file names say what else may stand in it. */
function schemaFor(values: unknown) {
  const { keys, lights, display } = (values ?? {}) as Record<string, { driver?: unknown } | undefined>
  const chosen = (part: { driver?: unknown } | null | undefined) =>
    typeof part?.driver === 'string' ? part.driver : undefined
  return v.pipe(
    v.strictObject({
      title: text(/^.{1,80}$/u, {
        title: 'Title',
        description: 'What kind of panel it is, for people.',
        words: 'a text of up to 80 characters',
      }),
      keys: partSchema(keysDrivers, chosen(keys), {
        title: 'Keys',
        description: 'What citizens press.',
      }),
      lights: partSchema(lightsDrivers, chosen(lights), {
        title: 'Lights',
        description: 'What lights the faces.',
      }),
      display: partSchema(displayDrivers, chosen(display), {
        title: 'Display',
        description: 'What shows question and reasons.',
      }),
    }),
    about({ title: 'Panel profile', description: 'What a panel is made of.' }),
  )
}
