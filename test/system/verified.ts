import { Child } from './children.ts'
import { program } from './terminal-child.ts'

/** What `faccina votes verify` says of a storage directory. */
export async function verified(store: string): Promise<string> {
  await using child = new Child(process.execPath, [program, 'votes', 'verify', '--directory', store])
  await child.said(/\d+ votes/)
  return child.output
}
