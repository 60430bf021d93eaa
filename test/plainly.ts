/**
 * A program and its arguments, started without what tap puts before each Node. It puts that into every environment that a
 * test gives to a program, so `env` takes it out again; the process is the program's own.
 * @param options what Node is to have in its place
 */
export function plainly(command: string, args: readonly string[], options?: string): [string, string[]] {
  const node = options === undefined ? ['-u', 'NODE_OPTIONS'] : [`NODE_OPTIONS=${options}`]
  return ['env', [...node, command, ...args]]
}
