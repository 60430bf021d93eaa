import { join } from 'node:path'
import type { Commissions } from '../ports/commissions.ts'
import { storageError } from './errors.ts'
import { type Files, realFiles } from './files.ts'
import { replaceFile, textOf } from './replace-file.ts'

/** An empty file of this name in the storage directory asks for a commissioning at the next start. */
const requestFile = 'commission'
/** The signed record of the last one, as it is published. */
const recordFile = 'commissioning.json'

export function openCommissions(directory: string, files: Files = realFiles): Commissions {
  const request = join(directory, requestFile)
  const record = join(directory, recordFile)
  return {
    async wanted() {
      return (await textOf(files, request)) !== undefined
    },
    async done() {
      await files.remove(request)
      await files.syncDirectory(directory)
    },
    last: () => textOf(files, record),
    async keep(text) {
      try {
        await replaceFile(files, record, text)
      } catch (error) {
        throw storageError(`cannot write ${record}`, error)
      }
    },
  }
}
