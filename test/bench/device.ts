import { execFileSync } from 'node:child_process'
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../src/ports/clock.ts'
import { fill, openAt, press } from './journals.ts'
import type { Line } from './report.ts'

const votes = 1000

/** What a vote costs the card: bytes and flushes, counted by the kernel under a stock ext4. */
export async function benchDevice(directory: string, waiting: number, clock: Clock): Promise<Line[]> {
  const names = [
    `device bytes per vote, ${waiting.toLocaleString('en')} waiting`,
    `flushes per vote, ${waiting.toLocaleString('en')} waiting`,
  ] as const
  if (process.getuid?.() !== 0) return names.map((name) => ({ name, why: 'needs root, for a loop device' }))
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
    return names.map((name) => ({ name, why: (error as Error).message.split('\n')[0]! }))
  }
  try {
    run('mount', '-t', 'ext4', device, mount)
    try {
      return await measure(join(mount, 'journal'), device.replace('/dev/', ''), waiting, names, clock)
    } finally {
      run('umount', mount)
    }
  } finally {
    run('losetup', '-d', device)
  }
}

async function measure(
  journalDirectory: string,
  device: string,
  waiting: number,
  names: readonly [string, string],
  clock: Clock,
): Promise<Line[]> {
  if (waiting > 0) await fill(journalDirectory, waiting, clock)
  await using journal = await openAt(journalDirectory, clock)
  journal.settle(await journal.record(press(clock)))
  // What making the file system and the first segments left behind.
  run('sync')
  await settled(device)
  const before = await counters(device)
  for (let i = 0; i < votes; i++) {
    const sequence = await journal.record(press(clock))
    journal.settle(sequence)
  }
  const after = await counters(device)
  const how = `${votes} votes one by one on a loop-mounted ext4, from the block device's own counters, the next segment included`
  return [
    {
      name: names[0],
      value: ((after.sectors - before.sectors) * 512) / votes,
      limit: 4.5 * 1024,
      unit: 'bytes',
      how,
    },
    {
      name: names[1],
      value: (after.flushes - before.flushes) / votes,
      limit: 1.02,
      unit: '',
      how: `${how}; 1, and a little for the segments made meanwhile`,
    },
  ]
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
