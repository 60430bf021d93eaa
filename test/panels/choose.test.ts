import t from 'tap'
import { choosePanel } from '../../src/panels/choose.ts'
import { type Facts, hasBit, readFacts } from '../../src/panels/facts.ts'
import { decodeRevision } from '../../src/panels/pi.ts'
import { smallRoot } from '../fakes/small-root.ts'

const nothing: Facts = { root: false, raspiIo: false, spi: false, leds0: false, i2c: false }
const pi3 = { pi: decodeRevision(0xa02082)! }
const zero2 = { pi: decodeRevision(0x902120)! }
const pi5 = { pi: decodeRevision(0xc04170)! }
const keys = { kernelKeys: 'faccina-keys' }
const buses = { spi: true, i2c: true }
const arduino = { arduino: 'usb-Arduino_Uno-if00' }
const encoder = { encoder: 'DragonRise Inc. Generic USB Joystick' }
const powers = { root: true, raspiIo: true }

/** What is there → the profile, and what is said. */
const table: [Partial<Facts>, string, string][] = [
  [{}, 'browser', 'no Pi, and no keys were found'],
  [powers, 'browser', 'no Pi, and no keys were found'],
  [
    { serial: 'usb-FTDI_FT232R-if00' },
    'browser',
    'no Pi, and no keys were found; a Nextion on usb-FTDI_FT232R-if00 is chosen by panel: nextion',
  ],
  [
    { ...pi3, ...keys, ...buses },
    'arcade-linux',
    "the kernel has keys with Faccina's codes (faccina-keys) on a Pi 3B 1.2",
  ],
  [
    { ...pi3, ...keys },
    'arcade-linux',
    "the kernel has keys with Faccina's codes (faccina-keys) on a Pi 3B 1.2; without dtparam=spi=on its lights stay dark",
  ],
  [
    { ...pi5, ...keys, leds0: true },
    'arcade-pi5',
    "the kernel has keys with Faccina's codes (faccina-keys) on a Pi 5 1.0",
  ],
  [
    { ...pi5, ...keys, spi: true },
    'arcade-pi5',
    "the kernel has keys with Faccina's codes (faccina-keys) on a Pi 5 1.0; without dtoverlay=ws2812-pio,gpio=10,num_leds=48 its lights stay dark",
  ],
  [{ ...keys, spi: true }, 'arcade-linux', "the kernel has keys with Faccina's codes (faccina-keys)"],
  [arduino, 'arcade-usb', 'what looks like an Arduino is plugged in (usb-Arduino_Uno-if00)'],
  [encoder, 'encoder-usb', 'a USB encoder is plugged in (DragonRise Inc. Generic USB Joystick)'],
  [
    { ...pi3, ...powers },
    'arcade-raspi',
    'a Pi 3B 1.2 without keys of the kernel, and we are root: johnny-five drives its lines',
  ],
  [
    pi3,
    'browser',
    'a Pi 3B 1.2 on which no keys are set up: for arcade buttons put dtoverlay=faccina-keys, dtparam=spi=on and dtparam=i2c_arm=on into /boot/firmware/config.txt',
  ],
  [
    { ...pi5, i2c: true, ...powers },
    'browser',
    'a Pi 5 1.0 on which no keys are set up: for arcade buttons put dtoverlay=faccina-keys and dtoverlay=ws2812-pio,gpio=10,num_leds=48 into /boot/firmware/config.txt',
  ],
]

/** Who wins where there are two. */
const contests: [Partial<Facts>, string][] = [
  [{ ...pi3, ...keys, ...arduino, ...encoder, ...powers }, 'arcade-linux'],
  [{ ...pi3, ...arduino, ...encoder, ...powers }, 'arcade-usb'],
  [{ ...pi3, ...encoder, ...powers }, 'encoder-usb'],
  [{ ...pi5, ...arduino }, 'arcade-usb'],
  [{ ...pi3, ...powers, raspiIo: false }, 'browser'],
  [{ ...pi3, ...powers, root: false }, 'browser'],
  [{ ...zero2, ...powers }, 'browser'],
]

t.test('the panel is chosen by what is there, and says why', async (t) => {
  for (const [facts, profile, why] of table)
    t.same(choosePanel({ ...nothing, ...facts }), { profile, why }, JSON.stringify(facts))
  for (const [facts, profile] of contests)
    t.equal(choosePanel({ ...nothing, ...facts }).profile, profile, JSON.stringify(facts))
})

/** As a kernel of 64 bits shows the keys of the overlay, of an encoder, and of a keyboard. */
const overlay = '1ff 0 0 0 0 0 0 0 0 0 0 0'
const joystick = 'fff00000000 0 0 0 0'
const joystickOf20 = 'f 0 0 0 0 0 0 ffff00000000 0 0 0 0'
const keyboard = '1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe'

function device(n: number, name: string, bitmap: string): Record<string, string> {
  const folder = `sys/class/input/event${n}/device`
  return { [`${folder}/name`]: `${name}\n`, [`${folder}/capabilities/key`]: `${bitmap}\n` }
}

const options = { uid: 1000, isInstalled: () => false, wordBits: 64 } as const

t.test('what is there is read from /proc, /sys and /dev', async (t) => {
  const revision = { 'proc/device-tree/system/linux,revision': Buffer.from([0, 0xa0, 0x20, 0x82]) }
  const full = smallRoot(t, {
    ...revision,
    ...device(0, 'vc4-hdmi', '0'),
    ...device(2, 'Logitech Keyboard', keyboard),
    ...device(10, 'faccina-keys', overlay),
    ...device(11, 'DragonRise Joystick', joystick),
    'sys/class/input/mouse0/device/name': 'no event device',
    'dev/spidev0.0': '',
    'dev/leds0': '',
    'dev/i2c-1': '',
    'dev/serial/by-id/usb-1a86_USB_Serial-if00-port0': '',
    'dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A2341XYZ-if00-port0': '',
  })
  t.same(await readFacts({ ...options, root: full, uid: 0, isInstalled: (name) => name === 'raspi-io' }), {
    ...pi3,
    ...powers,
    ...buses,
    ...keys,
    leds0: true,
    encoder: 'DragonRise Joystick',
    arduino: 'usb-1a86_USB_Serial-if00-port0',
    serial: 'usb-FTDI_FT232R_USB_UART_A2341XYZ-if00-port0',
  })
  t.same(await readFacts({ ...options, root: smallRoot(t, {}) }), nothing)
  const many = smallRoot(t, device(0, 'Arcade with 20 buttons', joystickOf20))
  t.same(await readFacts({ ...options, root: many }), { ...nothing, encoder: 'Arcade with 20 buttons' })
  for (const id of [
    'usb-Arduino__www.arduino.cc__0043_75-if00',
    'usb-2341_0043-if00',
    'usb-2a03_0043-if00',
  ]) {
    const root = smallRoot(t, { [`dev/serial/by-id/${id}`]: '' })
    t.same(await readFacts({ ...options, root }), { ...nothing, arduino: id })
  }
})

t.test('a bitmap of /sys has words as long as those of who reads it', async (t) => {
  t.ok(hasBit(overlay, 0x2c0, 64))
  t.notOk(hasBit(overlay, 0x2bf, 64))
  t.notOk(hasBit(overlay, 0x2c0 + 9, 64))
  t.ok(hasBit(`1ff ${'0 '.repeat(22)}`.trim(), 0x2c0, 32))
  t.ok(hasBit(`8 ${'0 '.repeat(9)}`.trim(), 0x123, 32))
  t.notOk(hasBit('', 0, 64))
  t.notOk(hasBit('no bitmap', 0, 64))
})

t.test('this very computer is read without a complaint', async (t) => {
  const facts = await readFacts()
  t.type(facts.root, 'boolean')
  t.ok(choosePanel(facts).why)
})
