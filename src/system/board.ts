import { readFile, statfs } from 'node:fs/promises'
import type { Board, BoardReading } from '../ports/board.ts'

const modelFile = '/proc/device-tree/model'
const temperatureFile = '/sys/class/thermal/thermal_zone0/temp'
/** Bits of the Pi's firmware: 0 under-voltage now (Raspberry Pi documentation, `vcgencmd get_throttled`). */
const throttledFile = '/sys/devices/platform/soc/soc:firmware/get_throttled'

/** The computer under us, as the kernel describes it. */
export async function openBoard(directory: string): Promise<Board> {
  const model = (await text(modelFile))?.replaceAll('\0', '').trim() || `${process.platform} ${process.arch}`
  return { model, read: () => readBoard(directory) }
}

async function readBoard(directory: string): Promise<BoardReading> {
  const milli = Number(await text(temperatureFile))
  const throttled = await text(throttledFile)
  const free = await statfs(directory).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  )
  return {
    ...(milli > 0 && { temperatureCelsius: milli / 1000 }),
    ...(throttled !== undefined && { underVoltage: (Number.parseInt(throttled, 16) & 1) === 1 }),
    ...(free !== undefined && { freeBytes: free }),
  }
}

/** The kernel's boot id names one run of this computer (random(4)). */
export async function readBootId(): Promise<string> {
  return (await text('/proc/sys/kernel/random/boot_id'))?.trim() ?? 'unknown'
}

function text(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined)
}
