import * as v from 'valibot'
import type { Display, Keys, LightsPort } from '../ports/panel.ts'
import { about, choice, text, wholeNumber } from '../settings/kinds.ts'
import { type Driver, driver } from './drivers.ts'
import { eventCode } from './keys/event-codes.ts'
import {
  arduinoPin,
  bounce,
  contacts,
  device,
  eachFace,
  eachKey,
  electrode,
  gpio,
  i2cAddress,
  i2cBus,
  nextionDevice,
  pixels,
  usbDevice,
} from './profile/parts.ts'

/*
 * The closed tables of drivers: adding one is one file and one line. Here stands what a profile may say to
 * each; the module behind it, and what that imports, is loaded only when a profile chooses it.
 */

const electrodes = eachKey(electrode, 'Electrodes', 'Which electrode of the MPR121 is which key.')
const touchChip = { ...i2cAddress(0x5a, '0x5A unless ADDR of the chip is wired otherwise.'), electrodes }
const arduinoPins = eachKey(arduinoPin, 'Pins', 'Which pin of the Arduino is which key.')
const gpioLines = eachKey(gpio, 'Lines', 'Which GPIO is which key.')

const code = v.pipe(
  v.string(),
  v.check(
    (written) => eventCode(written) !== undefined,
    'evtest shows names and numbers of what a button sends.',
  ),
  about({
    title: 'Code',
    description: 'As evtest shows it.',
    words: 'the name or number of an input event code such as BTN_TRIGGER_HAPPY1',
  }),
)

export const keysDrivers = {
  /** The page: touch screen, mouse or keyboard. */
  browser: driver({}, async () => (await import('./browser/parts.ts')).openBrowserKeys),
  /** Buttons on the Pi's own lines, by johnny-five on raspi-io; root. */
  raspi: driver(
    { pins: gpioLines, ...contacts, ...bounce },
    async () => (await import('./keys/raspi-keys.ts')).openRaspiKeys,
  ),
  /** MPR121 on the Pi's I2C, by johnny-five on raspi-io; root. */
  'raspi-touch': driver(touchChip, async () => (await import('./keys/raspi-touch.ts')).openRaspiTouch),
  /** Buttons on an Arduino with Firmata. */
  usb: driver(
    { ...usbDevice, pins: arduinoPins, ...contacts, ...bounce },
    async () => (await import('./keys/usb-keys.ts')).openUsbKeys,
  ),
  /** MPR121 on an Arduino with Firmata. */
  'usb-touch': driver(
    { ...usbDevice, ...touchChip },
    async () => (await import('./keys/usb-touch.ts')).openUsbTouch,
  ),
  /** Input devices of the kernel: gpio-keys, USB arcade encoders, kernel touch chips. */
  linux: driver(
    {
      device: device(
        '/dev/input/by-path/platform-faccina-keys-event',
        'Device',
        'The input device. auto: every one that has the code of a face.',
      ),
      codes: eachKey(code, 'Codes', 'Which input event code is which key.'),
      pins: v.exactOptional(gpioLines),
      ...bounce,
    },
    async () => (await import('./keys/linux-keys.ts')).openLinuxKeys,
  ),
  /** MPR121 on /dev/i2c-1, without a kernel driver. */
  'linux-touch': driver(
    { ...i2cBus, ...touchChip },
    async () => (await import('./keys/linux-touch.ts')).openLinuxTouch,
  ),
  /** The areas that a Nextion display draws. */
  nextion: driver(nextionDevice, async () => (await import('./keys/nextion-keys.ts')).openNextionKeys),
} as const satisfies Record<string, Driver<v.ObjectEntries, Keys>>

const ledName = text(/^[^/\s]{1,63}$/, {
  title: 'LED',
  description: 'A folder of /sys/class/leds.',
  words: 'a name such as faccina:green:satisfied',
})
const lampPolarity = {
  active: v.optional(
    choice(['high', 'low'], { title: 'Active', description: 'What the line is while the lamp is lit.' }),
    'high',
  ),
}

export const lightsDrivers = {
  none: driver({}, async () => (await import('./lights/no-lights.ts')).openNoLights),
  browser: driver({}, async () => (await import('./browser/parts.ts')).openBrowserLights),
  /** WS281x by rpi-ws281x-native; root, and not on every Pi. */
  raspi: driver(
    {
      gpio: v.optional(
        choice(['10', '21'], { title: 'GPIO', description: 'The data line: SPI (10) or PCM (21).' }),
        '10',
      ),
      ...pixels,
    },
    async () => (await import('./lights/raspi-pixels.ts')).openRaspiPixels,
  ),
  /** Lamps on the Pi's own lines, by johnny-five on raspi-io; root. */
  'raspi-lamps': driver(
    { pins: eachFace(gpio, 'Lines', 'The GPIO of each lamp.'), ...lampPolarity },
    async () => (await import('./lights/raspi-lamps.ts')).openRaspiLamps,
  ),
  /** WS2812 on an Arduino with the firmware of hardware/firmware/. */
  usb: driver(
    { ...usbDevice, pin: v.optional(arduinoPin, 6), ...pixels },
    async () => (await import('./lights/usb-pixels.ts')).openUsbPixels,
  ),
  'usb-lamps': driver(
    { ...usbDevice, pins: eachFace(arduinoPin, 'Pins', 'The pin of each lamp.'), ...lampPolarity },
    async () => (await import('./lights/usb-lamps.ts')).openUsbLamps,
  ),
  /** WS2812 on the data line of an SPI. */
  'linux-spi': driver(
    { device: v.optional(devicePath('/dev/spidev0.0'), '/dev/spidev0.0'), ...pixels },
    async () => (await import('./lights/linux-spi.ts')).openSpiPixels,
  ),
  /** WS2812 by the kernel's ws2812-pio on a Pi 5. */
  'linux-leds0': driver(
    { device: v.optional(devicePath('/dev/leds0'), '/dev/leds0'), ...pixels },
    async () => (await import('./lights/linux-leds0.ts')).openLeds0Pixels,
  ),
  /** Lamps as LEDs of the kernel. */
  'linux-lamps': driver(
    { leds: eachFace(ledName, 'LEDs', 'The LED of each face.') },
    async () => (await import('./lights/linux-lamps.ts')).openLinuxLamps,
  ),
} as const satisfies Record<string, Driver<v.ObjectEntries, LightsPort>>

export const displayDrivers = {
  /** Faces only: nothing is asked. */
  none: driver({}, async () => (await import('./displays/no-display.ts')).openNoDisplay),
  browser: driver({}, async () => (await import('./browser/parts.ts')).openBrowserDisplay),
  oled: driver(
    {
      ...i2cBus,
      ...i2cAddress(0x3c, '0x3C, on some boards 0x3D.'),
      chip: v.optional(
        choice(['ssd1306', 'sh1106'], {
          title: 'Chip',
          description: 'A picture that is two columns off: the other one.',
        }),
        'ssd1306',
      ),
      size: v.optional(choice(['128x64', '128x32'], { title: 'Size', description: 'In pixels.' }), '128x64'),
      upsideDown: v.optional(
        choice(['no', 'yes'], { title: 'Upside down', description: 'It is built in the other way round.' }),
        'no',
      ),
      contrastPercent: v.optional(
        wholeNumber(1, 100, { title: 'Contrast', description: 'Brighter ages faster.', unit: 'percent' }),
        60,
      ),
    },
    async () => (await import('./displays/oled/open-oled.ts')).openOled,
  ),
  lcd: driver(
    {
      ...i2cBus,
      ...i2cAddress(0x27, '0x27 (PCF8574) or 0x3F (PCF8574A).'),
      size: v.optional(choice(['16x2', '20x4'], { title: 'Size', description: 'In letters.' }), '20x4'),
    },
    async () => (await import('./displays/lcd/open-lcd.ts')).openLcd,
  ),
  nextion: driver(
    nextionDevice,
    async () => (await import('./displays/nextion/open-nextion.ts')).openNextionDisplay,
  ),
} as const satisfies Record<string, Driver<v.ObjectEntries, Display>>

function devicePath(example: string) {
  return text(/^\/dev\/[\w./:+-]+$/, {
    title: 'Device',
    description: 'Where the kernel has it.',
    words: `a path such as ${example}`,
  })
}

/** The part of a profile that chooses a driver and says to it what it needs to know. */
export function partSchema<Drivers extends Record<string, Driver<v.ObjectEntries, unknown>>>(
  drivers: Drivers,
  chosen: string | undefined,
  facts: { title: string; description: string },
) {
  const names = Object.keys(drivers)
  const { entries } = drivers[chosen !== undefined && Object.hasOwn(drivers, chosen) ? chosen : names[0]!]!
  const name = choice(names, { title: 'Driver', description: `Drives the ${facts.title.toLowerCase()}.` })
  return v.pipe(v.strictObject({ driver: name, ...entries }), about(facts))
}
