import { readdir, readFile, readlink, realpath } from 'node:fs/promises'

/**
 * Who else has a file open, as Linux tells: `process 4711 (node)`, or undefined where nobody is seen, for
 * others' processes are shown to root alone.
 */
export async function holderOf(path: string): Promise<string | undefined> {
  const file = await realpath(path).catch(() => undefined)
  if (file === undefined) return undefined
  const processes = await readdir('/proc').catch(() => [])
  for (const id of processes) {
    if (!/^\d+$/.test(id) || Number(id) === process.pid || !(await hasOpen(id, file))) continue
    const name = await readFile(`/proc/${id}/comm`, 'utf8').catch(() => '')
    return `process ${id} (${name.trim()})`
  }
  return undefined
}

async function hasOpen(id: string, file: string): Promise<boolean> {
  const folder = `/proc/${id}/fd`
  for (const name of await readdir(folder).catch(() => [])) {
    const target = await readlink(`${folder}/${name}`).catch(() => '')
    if (target === file || target === `${file}-wal`) return true
  }
  return false
}
