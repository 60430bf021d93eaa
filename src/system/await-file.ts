import { existsSync, type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'

/** Waits for something that may come at any time, or never; disposing ends the waiting. */
export interface Waiting extends Disposable {
  /** Looks now, in case that whoever should have told did not. */
  look(): void
}

/**
 * Tells once, as soon as the file exists; at once if it does already. The kernel tells of it: the folder is
 * watched, or as long as there is none, the nearest one above it.
 */
export function awaitFile(file: string, tell: () => void): Waiting {
  let watcher: FSWatcher | undefined
  let watched: string | undefined
  let over = false
  const end = () => {
    over = true
    watcher?.close()
  }
  const look = () => {
    if (over) return
    if (existsSync(file)) {
      end()
      return tell()
    }
    const folder = nearestFolder(dirname(file))
    if (folder === watched) return
    watcher?.close()
    watcher = tryToWatch(folder, look)
    watched = watcher && folder
    // What came while nobody watched.
    if (watcher) look()
  }
  look()
  return { look, [Symbol.dispose]: end }
}

function nearestFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder))
}

/** Undefined where the folder has just gone, or the kernel's watches are all taken (inotify(7)). */
function tryToWatch(folder: string, listener: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, listener)
    return watcher.on('error', () => watcher.close())
  } catch {
    return undefined
  }
}
