import { hex } from './i2c.ts'
import { type Import, loadOptional } from './optional.ts'
import type { Profile } from './profile/profile.ts'

/** What we need of the package i2c-bus. */
interface Package {
  openPromisified(bus: number): Promise<{
    i2cRead(address: number, length: number, buffer: Buffer): Promise<unknown>
    close(): Promise<void>
  }>
}

/** Where each kind of display answers, the usual address first. */
const places = [
  { driver: 'oled', address: 0x3c },
  { driver: 'oled', address: 0x3d },
  { driver: 'lcd', address: 0x27 },
  { driver: 'lcd', address: 0x3f },
] as const

/**
 * Where the settings leave the choice to us, and a profile has a display on I2C: the one that answers there.
 * Undefined where none does; then the profile's own is waited for. Never rejects.
 */
export async function findDisplay(
  { display }: Pick<Profile, 'display'>,
  load?: Import,
): Promise<{ display: Profile['display']; why: string } | undefined> {
  if (display.driver !== 'oled' && display.driver !== 'lcd') return undefined
  const { bus } = display
  const address = await firstToAnswer(bus, load).catch(() => undefined)
  const found = places.find((place) => place.address === address)
  if (!found) return undefined
  const why = `${found.driver.toUpperCase()} answers at ${hex(found.address)} on /dev/i2c-${bus}`
  if (found.driver === display.driver) return { display: { ...display, address: found.address }, why }
  const own = { bus, address: found.address }
  return found.driver === 'lcd'
    ? { display: { driver: 'lcd', ...own, size: '20x4' }, why }
    : {
        display: {
          driver: 'oled',
          ...own,
          chip: 'ssd1306',
          size: '128x64',
          upsideDown: 'no',
          contrastPercent: 60,
        },
        why,
      }
}

async function firstToAnswer(bus: number, load?: Import): Promise<number | undefined> {
  const i2c = await loadOptional<Package>('i2c-bus', load)
  const handle = await i2c.openPromisified(bus)
  try {
    for (const { address } of places) {
      const answers = await handle.i2cRead(address, 1, Buffer.alloc(1)).then(
        () => true,
        () => false,
      )
      if (answers) return address
    }
    return undefined
  } finally {
    await handle.close().catch(() => {})
  }
}
