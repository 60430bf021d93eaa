import { isFace, type Key } from '../../domain/words.ts'
import type { Profile } from '../profile/profile.ts'
import { lightsPower } from './power.ts'
import { gpioKeys, gpioLamps, mapped, onSerialLine, pixelsOf } from './uses.ts'

/** A line of the bill of materials. */
export interface Part {
  count: number
  name: string
  rating: string
}

/** What has to be bought for a profile: what holds for every terminal stands in the prose. */
export function partsOf(profile: Profile): Part[] {
  return [
    ...boardParts(profile),
    ...keyParts(profile),
    ...pixelParts(profile),
    ...lampParts(profile),
    ...displayParts(profile),
  ]
}

function boardParts({ keys, lights, display }: Profile): Part[] {
  const arduino = [keys.driver, lights.driver].some((driver) => driver.startsWith('usb'))
  const drivers: string[] = [keys.driver, lights.driver, display.driver]
  return [
    { count: 1, name: 'Raspberry Pi', rating: models(drivers) },
    ...(arduino
      ? [
          { count: 1, name: 'Arduino Uno R3', rating: 'ATmega328P; a Nano fits as well' },
          { count: 1, name: 'USB cable', rating: 'A to B, with a ferrite, at most 1 m' },
        ]
      : []),
  ]
}

function models(drivers: readonly string[]): string {
  if (drivers.includes('linux-leds0')) return '5, 500 or CM5'
  if (drivers.includes('raspi')) return 'a revision that [raspi/](raspi/) names'
  if (drivers.some((driver) => driver.startsWith('raspi-'))) return 'Zero 2 W, 3, 4, 400 or CM4'
  if (drivers.includes('linux-spi')) return 'Zero 2 W, 3, 4, 400 or CM4'
  return 'any from the Zero 2 W on'
}

/** The keys of a profile, whatever they are wired to. */
function keysOf(profile: Profile): Key[] {
  const { keys } = profile
  const lines = gpioKeys(profile).map(([key]) => key)
  if (lines.length > 0) return lines
  if (keys.driver === 'usb') return mapped(keys.pins).map(([key]) => key)
  if (keys.driver === 'linux') return mapped(keys.codes).map(([key]) => key)
  return 'electrodes' in keys ? mapped(keys.electrodes).map(([key]) => key) : []
}

function keyParts(profile: Profile): Part[] {
  const { keys } = profile
  const all = keysOf(profile)
  const faces = all.filter(isFace).length
  const others = all.length - faces
  if ('electrodes' in keys) {
    const voltage =
      keys.driver === 'usb-touch' || profile.display.driver === 'lcd'
        ? 'with regulator and level converter for 5 V'
        : 'for 3.3 V'
    return [
      { count: 1, name: 'touch board MPR121', rating: `I2C, ${voltage}` },
      {
        count: faces,
        name: 'touch pad, face',
        rating: 'copper, 50 mm across, behind at most 3 mm of plastic',
      },
      ...(others > 0
        ? [
            {
              count: others,
              name: 'touch pad',
              rating: 'copper, 25 mm across, behind at most 3 mm of plastic',
            },
          ]
        : []),
    ]
  }
  if (all.length === 0) return []
  const encoder = keys.driver === 'linux' && !keys.pins
  const lamps =
    encoder && profile.lights.driver === 'none'
      ? ', lamp of 5 V that the encoder feeds'
      : gpioLamps(profile).length > 0
        ? ', lamp of 5 V with its own resistor, 20 mA at most'
        : ''
  return [
    ...(encoder ? [{ count: 1, name: 'USB arcade encoder', rating: 'HID joystick, 12 inputs or more' }] : []),
    {
      count: faces,
      name: 'push button, face',
      rating: `60 mm dome${lamps}, microswitch 10⁶ presses or more, 1 to 5 N`,
    },
    ...(others > 0
      ? [{ count: others, name: 'push button', rating: '30 mm, microswitch 10⁶ presses or more, 1 to 5 N' }]
      : []),
  ]
}

function pixelParts(profile: Profile): Part[] {
  const pixels = pixelsOf(profile)
  const power = lightsPower(profile)
  if (!pixels || !power) return []
  const { supplyAmps, fuseAmps, crossSection, reachMetres } = power
  const what =
    pixels.shape === 'matrix'
      ? `matrix ${pixels.width}×${pixels.pixelsPerFace / pixels.width}`
      : `ring of ${pixels.pixelsPerFace}`
  return [
    { count: 3, name: `LED ${what}`, rating: `WS2812B or alike, 5 V, ${pixels.order}` },
    ...(profile.lights.driver === 'usb'
      ? []
      : [
          { count: 1, name: 'level shifter 74AHCT125', rating: 'at 5 V; HCT or AHCT, never HC' },
          { count: 1, name: 'capacitor 100 nF', rating: 'ceramic, at pins 14 and 7 of the level shifter' },
        ]),
    { count: 1, name: 'resistor 330 Ω', rating: '0.25 W; up to 470 Ω' },
    { count: 1, name: 'capacitor 1000 µF', rating: 'electrolytic, 10 V, 105 °C' },
    { count: 1, name: 'supply of the pixels', rating: `5 V, ${supplyAmps} A or more, EN 62368-1, class II` },
    { count: 1, name: 'fuse with holder', rating: `${fuseAmps} A, slow, 5×20 mm` },
    {
      count: 1,
      name: 'wire, red and black',
      rating: `${crossSection} mm², flexible, up to ${reachMetres} m from supply to pixels`,
    },
  ]
}

function lampParts(profile: Profile): Part[] {
  const own = gpioLamps(profile).length
  if (own > 0)
    return [
      ...('electrodes' in profile.keys
        ? [{ count: 3, name: 'lamp', rating: '5 V with its own resistor, 20 mA at most' }]
        : []),
      { count: own, name: 'transistor', rating: 'N-channel MOSFET, fully on at 2.5 V, 0.5 A or more' },
      { count: own, name: 'resistor 220 Ω', rating: 'from each line to its gate' },
      { count: own, name: 'resistor 10 kΩ', rating: 'from each gate to ground: dark while the Pi starts' },
      { count: 1, name: 'fuse', rating: '0.5 A, resettable, in the plus of the lamps' },
    ]
  return profile.lights.driver === 'usb-lamps'
    ? [{ count: 3, name: 'lamp', rating: '5 V with its own resistor, 20 mA at most: the pin feeds it' }]
    : []
}

function displayParts(profile: Profile): Part[] {
  const { display, keys } = profile
  switch (display.driver) {
    case 'oled':
      return [
        {
          count: 1,
          name: `OLED ${display.size.replace('x', '×')}`,
          rating: `I2C, 3.3 V, ${display.chip.toUpperCase()}; 2.4 inches where it is read standing`,
        },
      ]
    case 'lcd':
      return [
        {
          count: 1,
          name: `LCD ${display.size.replace('x', '×')}`,
          rating: 'HD44780 with I2C backpack (PCF8574), 5 V',
        },
        { count: 1, name: 'I2C level converter', rating: '3.3 V to 5 V, two MOSFETs (BSS138 or alike)' },
      ]
    case 'nextion':
      return [
        { count: 1, name: 'Nextion display', rating: '5 V, resistive or capacitive touch' },
        ...(onSerialLine(profile)
          ? [
              { count: 1, name: 'resistor 1 kΩ', rating: '0.25 W' },
              { count: 1, name: 'resistor 2.2 kΩ', rating: '0.25 W' },
            ]
          : []),
      ]
    case 'browser':
      return [
        {
          count: 1,
          name: 'touch screen',
          rating: keys.driver === 'browser' ? 'HDMI with USB touch, or DSI' : 'HDMI or DSI',
        },
      ]
    case 'none':
      return []
  }
}
