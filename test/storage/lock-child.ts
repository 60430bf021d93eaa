import { lockDirectory } from '../../src/storage/lock.ts'

/** Tries to take the directory; says how it went, and holds it until it is ended. */
try {
  await lockDirectory(process.argv[2]!)
  process.stdout.write('locked\n')
  setInterval(() => {}, 60_000)
} catch (error) {
  process.stdout.write(`${(error as Error).message}\n`)
}
