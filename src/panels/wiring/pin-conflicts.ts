import type { Profile } from '../profile/profile.ts'
import { arduinoPinName, pinOfGpio } from './boards.ts'
import { gpioKeys, gpioLamps, gpioUses, i2cDevices, keyName, mapped, onSerialLine } from './uses.ts'

/**
 * What cannot work in a profile whatever is soldered: two things on one line, or a line that the board
 * itself needs. One sentence each, for the technician who wrote the profile; none where all is well.
 */
export function pinConflicts(profile: Profile): string[] {
  return [
    ...sharedLines(profile),
    ...boardsOwnLines(profile),
    ...sharedArduinoPins(profile),
    ...sharedAddresses(profile),
    ...sharedNames(profile),
  ]
}

function sharedLines(profile: Profile): string[] {
  const uses = gpioUses(profile)
  return [...grouped(uses, ({ gpio }) => gpio)].flatMap(([gpio, those]) =>
    // What an interface only holds disturbs nobody but another use.
    those.length > 1
      ? [
          `GPIO ${gpio} (pin ${pinOfGpio(gpio).pin}) is taken twice: ${those.map(({ what }) => what).join(', ')}`,
        ]
      : [],
  )
}

function boardsOwnLines(profile: Profile): string[] {
  const wired = [
    ...gpioKeys(profile).map(([key, gpio]) => [gpio, `key ${keyName(key)}`] as const),
    ...gpioLamps(profile).map(([face, gpio]) => [gpio, `lamp ${face}`] as const),
  ]
  return wired.flatMap(([gpio, what]) => {
    const line = `GPIO ${gpio} (pin ${pinOfGpio(gpio).pin}), ${what}:`
    if (gpio <= 1) return [`${line} the firmware looks for the memory chip of a HAT there at every start`]
    if ((gpio === 14 || gpio === 15) && !onSerialLine(profile))
      return [`${line} it is the serial line, which the firmware and the console may talk on at the start`]
    return []
  })
}

function sharedArduinoPins({ keys: own, lights }: Profile): string[] {
  const uses: { device: string; pin: number; what: string }[] = []
  if (own.driver === 'usb')
    for (const [key, pin] of mapped(own.pins)) uses.push({ ...own, pin, what: `key ${keyName(key)}` })
  if (own.driver === 'usb-touch') {
    uses.push({ ...own, pin: 18, what: 'I2C SDA' }, { ...own, pin: 19, what: 'I2C SCL' })
  }
  if (lights.driver === 'usb') uses.push({ ...lights, what: 'LED data' })
  if (lights.driver === 'usb-lamps')
    for (const [face, pin] of mapped(lights.pins)) uses.push({ ...lights, pin, what: `lamp ${face}` })
  const groups = grouped(uses, ({ device, pin }) => `${device} ${pin}`)
  return [...groups.values()].flatMap((those) =>
    those.length > 1
      ? [
          `pin ${arduinoPinName(those[0]!.pin)} of the Arduino is taken twice: ${those.map(({ what }) => what).join(', ')}`,
        ]
      : [],
  )
}

function sharedAddresses(profile: Profile): string[] {
  const groups = grouped(i2cDevices(profile), ({ bus, address }) => `${bus} ${address}`)
  return [...groups.values()].flatMap((those) =>
    those.length > 1
      ? [`I2C address ${hex(those[0]!.address)} is taken twice: ${those.map(({ what }) => what).join(', ')}`]
      : [],
  )
}

function sharedNames({ keys: own, lights }: Profile): string[] {
  const uses: { name: string; what: string }[] = []
  if (own.driver === 'linux')
    for (const [key, code] of mapped(own.codes))
      uses.push({ name: `code ${code}`, what: `key ${keyName(key)}` })
  if ('electrodes' in own)
    for (const [key, electrode] of mapped(own.electrodes))
      uses.push({ name: `electrode ${electrode}`, what: `key ${keyName(key)}` })
  if (lights.driver === 'linux-lamps')
    for (const [face, led] of mapped(lights.leds)) uses.push({ name: `LED ${led}`, what: `lamp ${face}` })
  return [...grouped(uses, ({ name }) => name)].flatMap(([name, those]) =>
    those.length > 1 ? [`${name} is taken twice: ${those.map(({ what }) => what).join(', ')}`] : [],
  )
}

/** `0x3C`, as it is printed on the boards. */
export function hex(address: number): string {
  return `0x${address.toString(16).toUpperCase().padStart(2, '0')}`
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
