import { type Face, faces, type Key, keys } from '../../domain/words.ts'
import type { Profile } from '../profile/profile.ts'

/** What a profile takes of the boards, for drawings, lists and the search for conflicts. */

/** A line of the Pi and what takes it. */
export interface GpioUse {
  gpio: number
  /** `key satisfied`, `LED data`, `I2C SDA`. */
  what: string
  /** Nothing is wired to it, but its interface holds it. */
  held?: true
}

/**
 * The lamps of the kernel's LEDs: a profile knows their names alone, so this is the wiring that the
 * drawings and the lines of config.txt agree on.
 */
export const lampLines: Readonly<Record<Face, number>> = { satisfied: 23, neutral: 24, dissatisfied: 25 }

/** For people: `reason 1`. */
export function keyName(key: Key): string {
  return key.replace('-', ' ')
}

/** The keys of a mapping in the order of the house. */
export function mapped<T>(mapping: Partial<Record<Key, T>>): [Key, T][] {
  return keys.flatMap((key) => (mapping[key] === undefined ? [] : [[key, mapping[key]] as [Key, T]]))
}

/** The keys that are wired to lines of the Pi. */
export function gpioKeys({ keys: own }: Profile): [Key, number][] {
  return own.driver === 'raspi' || own.driver === 'linux' ? mapped(own.pins ?? {}) : []
}

/** The lamps that are switched by lines of the Pi. */
export function gpioLamps({ lights }: Profile): [Face, number][] {
  if (lights.driver === 'raspi-lamps') return faces.map((face) => [face, lights.pins[face]])
  return lights.driver === 'linux-lamps' ? faces.map((face) => [face, lampLines[face]]) : []
}

/** The line that the pixels' data leave the Pi on; nothing where there are none, or an unknown SPI. */
export function pixelLine({ lights }: Profile): number | undefined {
  switch (lights.driver) {
    case 'raspi':
      return Number(lights.gpio)
    case 'linux-leds0':
      return 10
    case 'linux-spi':
      return spiLines(lights.device)?.data
    default:
      return undefined
  }
}

/** The pixels of a profile, whatever drives them. */
export function pixelsOf({ lights }: Profile) {
  return 'pixelsPerFace' in lights ? lights : undefined
}

/** What is on the Pi's I2C: a display, a touch chip. */
export function i2cDevices({
  keys: own,
  display,
}: Profile): { what: string; bus: number; address: number }[] {
  const devices = []
  if (display.driver === 'oled' || display.driver === 'lcd')
    devices.push({ what: `${display.driver} display`, bus: display.bus, address: display.address })
  if (own.driver === 'linux-touch' || own.driver === 'raspi-touch')
    devices.push({
      what: 'MPR121',
      bus: own.driver === 'linux-touch' ? own.bus : 1,
      address: own.address,
    })
  return devices
}

/** Whether a Nextion is on the Pi's own serial line, and not on a USB adapter. */
export function onSerialLine({ keys: own, display }: Profile): boolean {
  return [own, display].some(
    (part) => part.driver === 'nextion' && !/usb|acm|by-id|by-path/i.test(part.device),
  )
}

/** Every line of the Pi that a profile takes, in no order. */
export function gpioUses(profile: Profile): GpioUse[] {
  const { lights } = profile
  const data = pixelLine(profile)
  return [
    ...gpioKeys(profile).map(([key, gpio]) => ({ gpio, what: `key ${keyName(key)}` })),
    ...gpioLamps(profile).map(([face, gpio]) => ({ gpio, what: `lamp ${face}` })),
    ...(data === undefined ? [] : [{ gpio: data, what: 'LED data' }]),
    ...heldBySpi(
      lights.driver === 'linux-spi' ? lights.device : data === 10 ? '/dev/spidev0.0' : '',
      profile,
    ),
    ...[...new Set(i2cDevices(profile).map(({ bus }) => bus))].flatMap(i2cLines),
    ...(onSerialLine(profile)
      ? [
          { gpio: 14, what: 'serial TX' },
          { gpio: 15, what: 'serial RX' },
        ]
      : []),
  ]
}

function i2cLines(bus: number): GpioUse[] {
  if (bus > 1) return []
  return [
    { gpio: bus ? 2 : 0, what: 'I2C SDA' },
    { gpio: bus ? 3 : 1, what: 'I2C SCL' },
  ]
}

/** Lines of an SPI: those that only the interface holds are told in words. */
function spiLines(device: string): { data: number; others: [number, string][] } | undefined {
  if (device.startsWith('/dev/spidev0.'))
    return {
      data: 10,
      others: [
        [9, 'MISO'],
        [11, 'SCLK'],
        [8, 'CE0'],
        [7, 'CE1'],
      ],
    }
  if (device.startsWith('/dev/spidev1.'))
    return {
      data: 20,
      others: [
        [19, 'MISO'],
        [21, 'SCLK'],
        [18, 'CE0'],
      ],
    }
  return undefined
}

/** `dtparam=spi=on` gives the other lines of the SPI away too; the PIO of a Pi 5 takes its own alone. */
function heldBySpi(device: string, { lights }: Profile): GpioUse[] {
  if (lights.driver === 'linux-leds0') return []
  return (spiLines(device)?.others ?? []).map(([gpio, name]) => ({ gpio, what: `SPI ${name}`, held: true }))
}
