import { faces } from '../../domain/words.ts'
import type { Profile } from '../profile/profile.ts'
import { gpioKeys, i2cDevices, lampLines, onSerialLine, pixelLine, pixelsOf } from './uses.ts'

/** What a profile needs of the system it runs on. */
export interface SystemNeeds {
  /** For /boot/firmware/config.txt, in order; `[pi4]` and the like hold for a model alone. */
  config: string[]
  /** Groups that the user must be in; none where it must be root. */
  groups: string[]
  root: boolean
  /** What else is to be done, a sentence each. */
  also: string[]
}

export function systemNeeds(profile: Profile): SystemNeeds {
  const { keys, lights, display } = profile
  const root = [keys.driver, lights.driver].some((driver) => driver.startsWith('raspi'))
  const i2c = i2cDevices(profile).some(({ bus }) => bus <= 1)
  const spi = lights.driver === 'linux-spi' || (lights.driver === 'raspi' && lights.gpio === '10')
  const serial = onSerialLine(profile)
  const usb = [keys.driver, lights.driver].some((driver) => driver.startsWith('usb'))
  const lamps = lights.driver === 'linux-lamps'
  const pio = lights.driver === 'linux-leds0'
  const nextion = [keys.driver, display.driver].includes('nextion')
  return {
    config: [
      ...(i2c ? ['dtparam=i2c_arm=on'] : []),
      ...(keys.driver === 'linux' && keys.pins ? ['dtoverlay=faccina-keys'] : []),
      ...(lamps ? lampOverlays(lights.leds) : []),
      ...(pio
        ? [`dtoverlay=ws2812-pio,gpio=${pixelLine(profile)},num_leds=${3 * pixelsOf(profile)!.pixelsPerFace}`]
        : []),
      ...(spi ? spiConfig : []),
      ...(serial ? serialConfig : []),
    ],
    groups: root
      ? []
      : [
          ...(keys.driver === 'linux' ? ['input'] : []),
          ...(i2c ? ['i2c'] : []),
          ...(spi ? ['spi'] : []),
          ...(lamps || pio ? ['gpio'] : []),
          ...(usb || nextion ? ['dialout'] : []),
        ],
    root,
    also: [
      ...(keys.driver === 'linux' && keys.pins
        ? ['Install the overlays and the rules of [overlays/](overlays/).']
        : []),
      ...(differentPins(profile)
        ? ['The lines of this profile are not those of the overlay: change `faccina-keys-overlay.dts`.']
        : []),
      ...(root ? ['Install its packages by [raspi/](raspi/).'] : []),
      ...(usb ? ['Flash the Arduino with the firmware of `firmware/`.'] : []),
      ...(serial ? ['Take `console=serial0,115200` out of `/boot/firmware/cmdline.txt`.'] : []),
      ...(nextion ? ['Load the page of `nextion/` into the display.'] : []),
    ],
  }
}

/** The clock of the SPI follows that of the core, which must not change while pixels are sent. */
const spiConfig = [
  'dtparam=spi=on',
  '[pi3]',
  'core_freq=250',
  '[pi02]',
  'core_freq=250',
  '[pi4]',
  'core_freq=500',
  'core_freq_min=500',
  '[all]',
]

const serialConfig = ['enable_uart=1', '[pi5]', 'dtparam=uart0=on', '[all]']

/** The overlay that comes with Faccina, or one of Raspberry Pi's for each LED of another name. */
function lampOverlays(leds: Record<(typeof faces)[number], string>): string[] {
  const ours = { satisfied: 'green', neutral: 'yellow', dissatisfied: 'red' } as const
  if (faces.every((face) => leds[face] === `faccina:${ours[face]}:${face}`))
    return ['dtoverlay=faccina-lamps']
  return faces.map((face) => `dtoverlay=gpio-led,gpio=${lampLines[face]},label=${leds[face]}`)
}

/** The lines of hardware/overlays/faccina-keys-overlay.dts. */
const overlayLines: Readonly<Record<string, number>> = {
  satisfied: 17,
  neutral: 27,
  dissatisfied: 22,
  'reason-1': 5,
  'reason-2': 6,
  'reason-3': 13,
  'reason-4': 19,
  skip: 26,
  language: 16,
}

function differentPins(profile: Profile): boolean {
  return (
    profile.keys.driver === 'linux' && gpioKeys(profile).some(([key, gpio]) => overlayLines[key] !== gpio)
  )
}
