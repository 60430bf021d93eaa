import type { profileNames } from '../settings/panel-schema.ts'
import type { Facts } from './facts.ts'
import { abilities } from './pi.ts'

/** Which profile is taken where the settings name none, and why, in one sentence for the log. */
export interface Chosen {
  profile: (typeof profileNames)[number]
  why: string
}

/**
 * Chooses by what is there: keys that somebody has set up in config.txt come first, then what is plugged
 * in, then what the board could do as it is, then the screen.
 */
export function choosePanel(facts: Facts): Chosen {
  return byKernelKeys(facts) ?? byUsb(facts) ?? byRoot(facts) ?? byScreen(facts)
}

function byKernelKeys({ pi, kernelKeys, spi, leds0 }: Facts): Chosen | undefined {
  if (kernelKeys === undefined) return undefined
  const keys = `the kernel has keys with Faccina's codes (${kernelKeys})`
  if (pi && abilities(pi).leds0) {
    const lights = leds0 ? '' : `; without ${lines.leds0} its lights stay dark`
    return { profile: 'arcade-pi5', why: `${keys} on a ${pi.name}${lights}` }
  }
  const lights = spi ? '' : `; without ${lines.spi} its lights stay dark`
  return { profile: 'arcade-linux', why: `${keys}${pi ? ` on a ${pi.name}` : ''}${lights}` }
}

function byUsb({ arduino, encoder }: Facts): Chosen | undefined {
  if (arduino !== undefined)
    return { profile: 'arcade-usb', why: `what looks like an Arduino is plugged in (${arduino})` }
  if (encoder !== undefined)
    return { profile: 'encoder-usb', why: `a USB encoder is plugged in (${encoder})` }
  return undefined
}

/** Keys and lights by packages that need root, where nothing is set up, and they would work. */
function byRoot({ pi, root, raspiIo }: Facts): Chosen | undefined {
  if (!pi || !root || !raspiIo) return undefined
  const can = abilities(pi)
  if (!can.raspiIo || !can.ws281xNative) return undefined
  return {
    profile: 'arcade-raspi',
    why: `a ${pi.name} without keys of the kernel, and we are root: johnny-five drives its lines`,
  }
}

function byScreen({ pi, serial, i2c }: Facts): Chosen {
  const nextion = serial === undefined ? '' : `; a Nextion on ${serial} is chosen by panel: nextion`
  if (!pi) return { profile: 'browser', why: `no Pi, and no keys were found${nextion}` }
  const need = [lines.keys, abilities(pi).leds0 ? lines.leds0 : lines.spi, ...(i2c ? [] : [lines.i2c])]
  return {
    profile: 'browser',
    why: `a ${pi.name} on which no keys are set up: for arcade buttons put ${listed(need)} into ${configFile}${nextion}`,
  }
}

/** Of Raspberry Pi OS since Debian 12. */
const configFile = '/boot/firmware/config.txt'

/** The lines of config.txt that set a panel up, after the profiles `arcade-linux` and `arcade-pi5`. */
const lines = {
  keys: 'dtoverlay=faccina-keys',
  spi: 'dtparam=spi=on',
  leds0: 'dtoverlay=ws2812-pio,gpio=10,num_leds=48',
  i2c: 'dtparam=i2c_arm=on',
} as const

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
