/** Something about the disk or the journal's folder that the technician has to look at. */
export class StorageError extends Error {
  override name = 'StorageError'
}

/** A `StorageError` that says what was tried, why it failed, and what to do about it. */
export function storageError(what: string, cause: unknown): StorageError {
  const { code, message } = cause as NodeJS.ErrnoException
  const advice = code ? advices[code] : undefined
  return new StorageError(`${what}: ${advice ?? message ?? String(cause)}`, { cause })
}

const advices: Record<string, string> = {
  EACCES: 'no permission (EACCES); give the folder to the user that runs Faccina, or set storage.directory',
  EPERM: 'not permitted (EPERM); give the folder to the user that runs Faccina, or set storage.directory',
  EROFS: 'the file system is read-only (EROFS); check the card and `dmesg`, or set storage.directory',
  ENOSPC: 'the disk is full (ENOSPC); free some space, votes are taken again by themselves',
  EDQUOT: 'the disk quota is used up (EDQUOT); free some space, votes are taken again by themselves',
  EIO: 'the disk reports an error (EIO); the card is probably dying, exchange it',
  ENOTDIR: 'a part of the path is a file, not a folder (ENOTDIR); set storage.directory',
}
