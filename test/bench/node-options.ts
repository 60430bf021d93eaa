import { readFile } from 'node:fs/promises'

/** What the service gives Node. For programs that npm runs, which start in the project's folder. */
export async function serviceNodeOptions(): Promise<string[]> {
  const unit = await readFile('systemd/faccina.service', 'utf8')
  const options = /^Environment="NODE_OPTIONS=(.+)"$/m.exec(unit)?.[1]
  if (!options) throw new Error('systemd/faccina.service: a line Environment="NODE_OPTIONS=…" is expected')
  return options.split(' ')
}
