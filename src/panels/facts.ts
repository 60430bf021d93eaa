import { access, readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Pi, readPi } from './pi.ts'

/** What there is to choose a panel by. */
export interface Facts {
  pi?: Pi
  /** Whether we may do everything: drivers that go past the kernel need it. */
  root: boolean
  /** Whether raspi-io is installed. */
  raspiIo: boolean
  /** An input device that has the codes of the overlay faccina-keys: its name. */
  kernelKeys?: string
  /** A USB arcade encoder, which the kernel takes for a joystick: its name. */
  encoder?: string
  /** A serial device that looks like an Arduino: its name in /dev/serial/by-id. */
  arduino?: string
  /** Another USB-serial adapter. */
  serial?: string
  /** Whether these are there: /dev/spidev0.0, /dev/leds0, /dev/i2c-1. */
  spi: boolean
  leds0: boolean
  i2c: boolean
}

export interface FactsOptions {
  /** The folder that takes the place of `/`. */
  root?: string
  uid?: number
  /** Whether a package can be imported. */
  isInstalled?: (name: string) => boolean
  /** Of the words of a bitmap in /sys: as long as a `long` of who reads it. */
  wordBits?: 32 | 64
}

/** Looks at the computer. Never rejects: what cannot be read is not there. */
export async function readFacts(options: FactsOptions = {}): Promise<Facts> {
  const { root = '/', uid = process.getuid?.(), isInstalled = canResolve } = options
  const there = (path: string) =>
    access(join(root, path)).then(
      () => true,
      () => false,
    )
  const pi = await readPi(root)
  return {
    ...(pi && { pi }),
    root: uid === 0,
    raspiIo: isInstalled('raspi-io'),
    ...(await inputs(root, options.wordBits ?? longBits())),
    ...(await serials(root)),
    spi: await there('dev/spidev0.0'),
    leds0: await there('dev/leds0'),
    i2c: await there('dev/i2c-1'),
  }
}

/** Linux, input-event-codes.h: the first three codes of the faces, in the overlay and on an encoder. */
const overlayCodes = [0x2c0, 0x2c1, 0x2c2]
const encoderCodes = [0x120, 0x121, 0x122]

async function inputs(root: string, wordBits: number): Promise<Pick<Facts, 'kernelKeys' | 'encoder'>> {
  const folder = join(root, 'sys/class/input')
  const events = (await names(folder)).filter((name) => /^event\d+$/.test(name))
  const found: Pick<Facts, 'kernelKeys' | 'encoder'> = {}
  for (const event of events.sort(byNumber)) {
    const device = join(folder, event, 'device')
    const bitmap = await text(join(device, 'capabilities/key'))
    const has = (codes: readonly number[]) => codes.every((code) => hasBit(bitmap, code, wordBits))
    const name = (await text(join(device, 'name'))) || event
    // A joystick with many buttons goes on with the overlay's codes behind its own.
    if (has(encoderCodes)) found.encoder ??= name
    else if (has(overlayCodes)) found.kernelKeys ??= name
  }
  return found
}

/** A bit of a bitmap as /sys shows it: hexadecimal words, the highest first, without leading zeros. */
export function hasBit(bitmap: string, bit: number, wordBits: number): boolean {
  const words = bitmap.split(/\s+/).reverse()
  const word = words[Math.floor(bit / wordBits)]
  if (word === undefined || !/^[0-9a-f]{1,16}$/i.test(word)) return false
  return ((BigInt(`0x${word}`) >> BigInt(bit % wordBits)) & 1n) === 1n
}

/** Makers of Arduinos and of the chips on their copies; the latter are on plain adapters too. */
const arduinoName = /arduino|^usb-(2341|2a03|1a86)_/i

async function serials(root: string): Promise<Pick<Facts, 'arduino' | 'serial'>> {
  const ids = (await names(join(root, 'dev/serial/by-id'))).sort()
  const arduino = ids.find((id) => arduinoName.test(id))
  const serial = ids.find((id) => !arduinoName.test(id))
  return { ...(arduino !== undefined && { arduino }), ...(serial !== undefined && { serial }) }
}

function longBits(): 32 | 64 {
  return process.arch === 'arm' || process.arch === 'ia32' ? 32 : 64
}

function byNumber(a: string, b: string): number {
  return Number(a.slice('event'.length)) - Number(b.slice('event'.length))
}

/** The package is looked for, not loaded: raspi-io touches the board when it is. */
function canResolve(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name)
    return true
  } catch {
    return false
  }
}

function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}

function text(file: string): Promise<string> {
  return readFile(file, 'utf8').then(
    (found) => found.trim(),
    () => '',
  )
}
