import { watch } from 'node:fs'
import { join } from 'node:path'

/**
 * Resolves when a serial device has appeared, or at the signal: what is awaited may be there now. Where
 * the kernel gives no notice of it, at the signal only. Never rejects.
 * @param root the folder that takes the place of `/`
 */
export function serialPluggedIn(signal: AbortSignal, root = '/'): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
    try {
      const watcher = watch(join(root, 'dev'), { signal, persistent: false }, (event, name) => {
        if (event !== 'rename' || !/^(tty(USB|ACM|AMA|S)\d+|serial\d?)$/.test(name ?? '')) return
        watcher.close()
        resolve()
      })
      watcher.on('error', () => {})
    } catch {
      // Without inotify the pauses between the attempts have to do.
    }
  })
}
