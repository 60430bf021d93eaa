import pkg from '../../package.json' with { type: 'json' }

/** The version of this Faccina, as its package says. */
export const version: string = pkg.version
