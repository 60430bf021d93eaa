import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Which Pi this is, as its firmware says it. */
export interface Pi {
  /** As the kernel shows it: `a02082`. */
  revision: string
  /** For people: `Pi 3B 1.2`. */
  name: string
  /** Of the processor; 5 is the one whose lines only the kernel can drive. */
  chip: Chip
}

/** BCM2835, 2836, 2837, 2711, 2712; a Pi that is newer than this table. */
type Chip = 1 | 2 | 3 | 4 | 5 | 'unknown'

/** What a Pi can be made to do, each without the others. */
export interface Abilities {
  /** Keys and lamps by johnny-five on raspi-io; root. */
  raspiIo: boolean
  /** WS281x by rpi-ws281x-native; root. */
  ws281xNative: boolean
  /** WS2812 on the SPI by `linux-spi`: on a Pi 5 it may flicker. */
  spiPixels: 'yes' | 'risky'
  /** `/dev/leds0` of the kernel's ws2812-pio. */
  leds0: boolean
}

/*
 * Raspberry Pi documentation, "New-style revision codes": from the lowest bit 4 of the revision, 8 of the
 * type, 4 of the processor, 4 of the maker, 3 of the memory, 1 that says that the code is a new one.
 */
const newStyle = 0x80_0000
const types: Readonly<Record<number, string>> = {
  0: 'A',
  1: 'B',
  2: 'A+',
  3: 'B+',
  4: '2B',
  6: 'CM1',
  8: '3B',
  9: 'Zero',
  10: 'CM3',
  12: 'Zero W',
  13: '3B+',
  14: '3A+',
  16: 'CM3+',
  17: '4B',
  18: 'Zero 2 W',
  19: '400',
  20: 'CM4',
  21: 'CM4S',
  23: '5',
  24: 'CM5',
  25: '500',
  26: 'CM5 Lite',
}
const chips: readonly Chip[] = [1, 2, 3, 4, 5]

/** The same documentation, "Old-style revision codes": all of them of the first processor. */
const oldStyle: Readonly<Record<number, string>> = {
  2: 'B 1.0',
  3: 'B 1.0',
  4: 'B 2.0',
  5: 'B 2.0',
  6: 'B 2.0',
  7: 'A 2.0',
  8: 'A 2.0',
  9: 'A 2.0',
  13: 'B 2.0',
  14: 'B 2.0',
  15: 'B 2.0',
  16: 'B+ 1.2',
  17: 'CM1 1.0',
  18: 'A+ 1.1',
  19: 'B+ 1.2',
  20: 'CM1 1.0',
  21: 'A+ 1.1',
}

/** Reads a revision code. `undefined` where it is none. */
export function decodeRevision(code: number): Pi | undefined {
  const revision = (code >>> 0).toString(16).padStart(4, '0')
  // Above bit 23: overvoltage, programming and warranty, which say nothing of the model.
  const bare = code & 0xff_ffff
  if ((bare & newStyle) === 0) {
    const model = oldStyle[bare]
    return model === undefined ? undefined : { revision, name: `Pi ${model}`, chip: 1 }
  }
  const type = (bare >> 4) & 0xff
  const model = types[type] ?? `of type ${type.toString(16)}`
  return {
    revision,
    name: `Pi ${model} 1.${bare & 0xf}`,
    chip: chips[(bare >> 12) & 0xf] ?? 'unknown',
  }
}

/** What this Pi can do. */
export function abilities({ revision, chip }: Pi): Abilities {
  const known = chip !== 'unknown'
  return {
    // pigpio knows the registers of BCM2835 to 2711, and refuses everything else.
    raspiIo: known && chip < 5,
    ws281xNative: ws281xRevisions.has(Number.parseInt(revision, 16)),
    spiPixels: known && chip < 5 ? 'yes' : 'risky',
    leds0: !known || chip === 5,
  }
}

/**
 * The revisions in the table of rpi-ws281x-native 1.0.4 (`rpihw.c`). On 64 bits it compares the whole code,
 * so a Pi of a known model but another memory, maker or warranty is unknown to it.
 */
export const ws281xRevisions: ReadonlySet<number> = new Set([
  // biome-ignore format: a table
  0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15,
  0x900021, 0x900032, 0x900092, 0x900093, 0x920093, 0x9000c1, 0x9200c1, 0xa01040, 0xa01041, 0xa21041,
  0xa22042, 0xa02082, 0xa02083, 0xa22082, 0xa22083, 0xa020a0, 0xa020d3, 0x9020e0, 0xa02100, 0xa03111,
  0xb03111, 0xc03111, 0xa03112, 0xb03112, 0xc03112, 0xb03114, 0xc03114, 0xd03114, 0xc03130, 0xa03140,
  0xb03140, 0xc03140,
])

/**
 * Which Pi this is; `undefined` on other computers.
 * @param root the folder that takes the place of `/`
 */
export async function readPi(root = '/'): Promise<Pi | undefined> {
  const code = (await fromDeviceTree(root)) ?? (await fromCpuinfo(root))
  return code === undefined ? undefined : decodeRevision(code)
}

/** A big-endian u32, as all numbers in a device tree (Devicetree Specification, 2.2.4). */
async function fromDeviceTree(root: string): Promise<number | undefined> {
  const file = join(root, 'proc/device-tree/system/linux,revision')
  const bytes = await readFile(file).catch(() => undefined)
  return bytes && bytes.length >= 4 ? bytes.readUInt32BE(0) : undefined
}

/** Old kernels of 32 bits say it here only. */
async function fromCpuinfo(root: string): Promise<number | undefined> {
  const text = await readFile(join(root, 'proc/cpuinfo'), 'utf8').catch(() => '')
  const found = /^Revision\s*:\s*([0-9a-f]{4,8})$/im.exec(text)
  return found ? Number.parseInt(found[1]!, 16) : undefined
}
