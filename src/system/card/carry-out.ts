import { dirname, join } from 'node:path'
import { newName } from './boot-files.ts'
import type { Disk, Owned } from './disk.ts'
import { type Step, secretsIn } from './plan.ts'

/** Where things are. */
export interface Places {
  boot: string
  /** The settings file in force. */
  settings: string
  /** The terminal's own storage. */
  storage: string
}

/** Does one step of a plan; when it resolves, that is on the disk. */
export async function carryOut(step: Step, places: Places, disk: Disk): Promise<void> {
  switch (step.do) {
    case 'keep': {
      const owner = await ownerOf(places.storage, disk)
      const secrets = secretsIn(places.storage)
      await disk.makeDirectory(secrets, { ...owner, mode: 0o700 })
      return replaceFile(join(secrets, step.name), step.bytes, { ...owner, mode: 0o600 }, disk)
    }
    case 'commission': {
      const owned = { ...(await ownerOf(places.storage, disk)), mode: 0o640 }
      return replaceFile(join(places.storage, 'commission'), Buffer.alloc(0), owned, disk)
    }
    case 'settings': {
      const there = await disk.owned(places.settings)
      const { gid } = await ownerOf(places.storage, disk)
      await disk.makeDirectory(dirname(places.settings))
      return replaceFile(places.settings, step.bytes, there ?? { mode: 0o640, uid: 0, gid }, disk)
    }
    case 'wipe':
      await disk.blank(step.path)
      await disk.remove(step.path)
      return disk.syncDirectory(dirname(step.path))
    case 'boot': {
      const fresh = join(places.boot, newName)
      try {
        await disk.write(fresh, step.bytes)
        await disk.syncDirectory(places.boot)
      } catch (error) {
        await disk.remove(fresh).catch(() => {})
        throw error
      }
      return putInPlace(step.path, places.boot, disk)
    }
  }
}

/**
 * A power cut may come between the wiping of the old settings file and the new one's taking its place. Once
 * `faccina.new` says what is in force it is whole, and has only to be put there; otherwise it was never finished.
 */
export async function finishInterrupted(
  path: string,
  { boot, settings }: Pick<Places, 'boot' | 'settings'>,
  disk: Disk,
): Promise<void> {
  const fresh = await disk.read(join(boot, newName))
  if (!fresh) return
  const inForce = await disk.read(settings)
  const whole = fresh.length > 0 && inForce?.equals(fresh) === true
  const there = await disk.read(path)
  if (whole && !there?.equals(fresh)) return putInPlace(path, boot, disk)
  await disk.remove(join(boot, newName))
  await disk.syncDirectory(boot)
}

/** The old one's bytes are overwritten before its place is given away. */
async function putInPlace(path: string, boot: string, disk: Disk): Promise<void> {
  if (await disk.read(path)) await disk.blank(path)
  await disk.rename(join(boot, newName), path)
  await disk.syncDirectory(boot)
}

/** Either the old file is there or the new one, whatever happens. */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
  owned: Owned | undefined,
  disk: Disk,
): Promise<void> {
  await disk.write(`${path}.new`, bytes, owned)
  await disk.rename(`${path}.new`, path)
  await disk.syncDirectory(dirname(path))
}

/** Whoever runs as root gives files to the terminal's user, whose storage it is. */
async function ownerOf(storage: string, disk: Disk): Promise<Pick<Owned, 'uid' | 'gid'>> {
  const owned = await disk.owned(storage)
  if (owned) return owned
  await disk.makeDirectory(storage)
  return (await disk.owned(storage))!
}
