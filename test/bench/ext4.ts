import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { median } from './report.ts'

/** What one vote costs, on average over many; `ms` is the median. */
export interface Cost {
  bytes: number
  flushes: number
  ms: number
}

/** Somebody who keeps votes in a folder. */
export interface Keeper extends AsyncDisposable {
  /** Keeps the next one. */
  keep(): Promise<void> | void
}

/** Why there is no ext4 to measure on. */
export class NoExt4 extends Error {}

/**
 * What keeping so many votes one by one costs a card: a stock ext4 on a loop device, counted by the kernel. Rejects
 * with a `NoExt4` where that cannot be had.
 */
export async function costOnExt4(
  directory: string,
  votes: number,
  open: (folder: string) => Promise<Keeper>,
): Promise<Cost> {
  if (process.getuid?.() !== 0) throw new NoExt4('needs root, for a loop device')
  const image = join(directory, 'ext4.img')
  const mount = join(directory, 'mnt')
  await mkdir(mount, { recursive: true })
  await writeFile(image, '')
  await truncate(image, 1024 ** 3)
  let device: string
  try {
    run('mkfs.ext4', '-q', '-F', image)
    device = run('losetup', '--find', '--show', image).trim()
  } catch (error) {
    throw new NoExt4((error as Error).message.split('\n')[0])
  }
  try {
    run('mount', '-t', 'ext4', device, mount)
    try {
      const folder = join(mount, 'votes')
      await mkdir(folder)
      await using keeper = await open(folder)
      return await measured(keeper, device.replace('/dev/', ''), votes)
    } finally {
      unmount(mount)
    }
  } finally {
    run('losetup', '-d', device)
    await rm(image)
  }
}

/** Some databases let go of their files only when their garbage is collected. */
function unmount(mount: string): void {
  try {
    run('umount', mount)
  } catch {
    run('umount', '--lazy', mount)
  }
}

async function measured(keeper: Keeper, device: string, votes: number): Promise<Cost> {
  await keeper.keep()
  // What making the file system and the first files left behind.
  run('sync')
  await settled(device)
  const before = await counters(device)
  const times: number[] = []
  for (let i = 0; i < votes; i++) {
    const start = performance.now()
    await keeper.keep()
    times.push(performance.now() - start)
  }
  const after = await counters(device)
  return {
    bytes: ((after.sectors - before.sectors) * 512) / votes,
    flushes: (after.flushes - before.flushes) / votes,
    ms: median(times),
  }
}

/** Fields of /sys/block/DEVICE/stat (Documentation/block/stat.rst): 7 sectors written, 16 flushes. */
async function counters(device: string): Promise<{ sectors: number; flushes: number }> {
  const fields = (await readFile(`/sys/block/${device}/stat`, 'utf8')).trim().split(/\s+/).map(Number)
  return { sectors: fields[6]!, flushes: fields[15]! }
}

/** ext4 initialises its tables in the background after mkfs; waits until the device is quiet. */
async function settled(device: string): Promise<void> {
  let last = -1
  for (let i = 0; i < 60; i++) {
    const { sectors } = await counters(device)
    if (sectors === last) return
    last = sectors
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
