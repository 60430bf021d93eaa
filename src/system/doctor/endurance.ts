import { readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { failed, good, skipped, type Told, warning } from './finding.ts'

/** What the kernel knows of the wear of the disk that a folder is on. */
export interface Wear {
  /** As the kernel names it, e.g. `mmcblk0`. */
  disk: string
  /** eMMC, as in `life_time`: how much of its life is used, in tenths, of its two kinds of memory; 11: over it. */
  lifeTime?: readonly number[]
  /** eMMC, as in `pre_eol_info`: 1 normal, 2: 80 % of the spare blocks are used, 3: 90 %. */
  preEndOfLife?: number
  /** Written since the start of this computer. */
  writtenBytes?: number
}

/** JEDEC JESD84-B51, 7.4.35 to 7.4.37: EXT_CSD[267] to [269]. */
const endOfLife = 3
const lastTenth = 10

/** Whether the card will last; cards that do not say so cannot be asked. */
export function judgeEndurance(wear: Wear | undefined): Told {
  if (!wear) return skipped('the disk of this folder is not known to the kernel')
  const { disk, lifeTime = [], preEndOfLife = 0, writtenBytes } = wear
  const used = Math.max(0, ...lifeTime)
  const written =
    writtenBytes === undefined
      ? ''
      : `${Math.round(writtenBytes / (1024 * 1024))} MiB written since this computer started`
  if (used === 0 && preEndOfLife === 0) {
    const facts = `${disk} does not say how worn it is`
    return written === '' ? skipped(facts) : good(`${facts}; ${written}`)
  }
  const facts = `${disk}: ${wordsOf(used, preEndOfLife)}${written === '' ? '' : `; ${written}`}`
  if (used > lastTenth || preEndOfLife >= endOfLife)
    return failed(facts, 'Exchange the card now; copy the votes first: faccina votes export')
  if (used >= lastTenth - 1 || preEndOfLife === 2)
    return warning(facts, 'Plan to exchange the card for a new one made for recording (“endurance”).')
  return good(facts)
}

function wordsOf(used: number, preEndOfLife: number): string {
  if (used > lastTenth) return 'its life is over'
  const spare = { 2: '80 % of its spare blocks are used', 3: '90 % of its spare blocks are used' }[
    preEndOfLife
  ]
  const life = used > 0 ? `at most ${used * 10} % of its life is used` : undefined
  return [life, spare].filter((part) => part !== undefined).join(', ') || 'normal'
}

/**
 * Asks the kernel. Undefined where the folder is on no disk that it knows, as in memory.
 * @param sys where sysfs is
 */
export async function readWear(directory: string, sys = '/sys'): Promise<Wear | undefined> {
  try {
    const { dev } = await stat(directory)
    const place = await realpath(join(sys, 'dev/block', `${major(dev)}:${minor(dev)}`))
    // A partition lies in its disk.
    const disk = (await text(join(place, 'partition'))) === undefined ? place : dirname(place)
    const lifeTime = numbersIn(await text(join(disk, 'device/life_time')))
    const [preEndOfLife] = numbersIn(await text(join(disk, 'device/pre_eol_info')))
    // Documentation/block/stat.rst: the seventh is sectors of 512 bytes written.
    const sectors = Number((await text(join(disk, 'stat')))?.trim().split(/\s+/)[6])
    return {
      disk: basename(disk),
      ...(lifeTime.length > 0 && { lifeTime }),
      ...(preEndOfLife !== undefined && { preEndOfLife }),
      ...(Number.isFinite(sectors) && { writtenBytes: sectors * 512 }),
    }
  } catch {
    return undefined
  }
}

/** `0x01 0x02`, as the kernel writes them. */
function numbersIn(written: string | undefined): number[] {
  return (written?.trim().split(/\s+/) ?? []).map(Number).filter((n) => Number.isInteger(n) && n > 0)
}

/** As glibc takes a device number apart (makedev(3)); numbers beyond 32 bits are left out: no disk has such. */
function major(dev: number): number {
  return (dev >>> 8) & 0xfff
}

function minor(dev: number): number {
  return (dev & 0xff) | ((dev >>> 12) & 0xfff00)
}

function text(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined)
}
