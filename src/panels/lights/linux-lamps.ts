import { writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Face, faces } from '../../domain/words.ts'
import type { LightsPort } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'
import { HardwareError } from '../errors.ts'
import { Mended } from '../mended.ts'
import { lampLights } from './lamp-lights.ts'
import type { LampSink } from './sinks.ts'

/** Lamps as LEDs of the kernel: on lines (overlay faccina-lamps), on PWM, on a chip. */
export function openLinuxLamps(
  own: { leds: Readonly<Record<Face, string>> },
  context: PanelContext,
): LightsPort {
  const { clock, log } = context
  const what = `lamps ${faces.map((face) => own.leds[face]).join(', ')}`
  return lampLights(new Mended({ what, open: () => openLedSink(own.leds), clock, log }), context)
}

interface Led {
  brightness: string
  max: number
}

/** Rejects with a `HardwareError`. */
export async function openLedSink(
  names: Readonly<Record<Face, string>>,
  folder = '/sys/class/leds',
): Promise<LampSink> {
  const leds = new Map<Face, Led>()
  for (const face of faces) leds.set(face, await openLed(folder, names[face], face))
  return new LedSink(leds, names)
}

async function openLed(folder: string, name: string, face: Face): Promise<Led> {
  const led = join(folder, name)
  try {
    const max = Number(await readFile(join(led, 'max_brightness'), 'utf8')) || 1
    const brightness = join(led, 'brightness')
    // Nobody else is to blink it; setting it off alone would do that, too, but only until it is set again.
    await writeFile(join(led, 'trigger'), 'none').catch((error) => {
      if (error.code !== 'ENOENT') throw error
    })
    await writeFile(brightness, '0')
    return { brightness, max }
  } catch (cause) {
    throw new HardwareError(refused(led, face, cause), { cause })
  }
}

class LedSink implements LampSink {
  readonly #leds: ReadonlyMap<Face, Led>
  readonly #names: Readonly<Record<Face, string>>
  #open = true

  constructor(leds: ReadonlyMap<Face, Led>, names: Readonly<Record<Face, string>>) {
    this.#leds = leds
    this.#names = names
    // A lamp goes on shining when the program ends, however it ends.
    process.once('exit', this.#darken)
  }

  get onOff(): boolean {
    return [...this.#leds.values()].every(({ max }) => max === 1)
  }

  async write(levels: Readonly<Record<Face, number>>): Promise<void> {
    for (const [face, { brightness, max }] of this.#leds) {
      if (!this.#open) return
      try {
        await writeFile(brightness, String(Math.round(levels[face] * max)))
      } catch (cause) {
        throw new HardwareError(refused(`/sys/class/leds/${this.#names[face]}`, face, cause), { cause })
      }
    }
  }

  readonly #darken = () => {
    if (!this.#open) return
    this.#open = false
    process.removeListener('exit', this.#darken)
    for (const { brightness } of this.#leds.values()) {
      try {
        writeFileSync(brightness, '0')
      } catch {
        // Nobody is left who could do anything about it.
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#darken()
  }
}

function refused(led: string, face: Face, cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException
  switch (code) {
    case 'ENOENT':
      return `the lamp ${led} (${face}) is not there: for lamps on GPIO write dtoverlay=faccina-lamps into /boot/firmware/config.txt (hardware/overlays) and restart; ls /sys/class/leds shows what there is`
    case 'EACCES':
    case 'EPERM':
      return `the lamp ${led} (${face}) may not be set: copy hardware/overlays/60-faccina.rules to /etc/udev/rules.d, put the user of this program into the group gpio (usermod -aG gpio USER) and restart`
    default:
      return `the lamp ${led} (${face}) cannot be set (${code ?? message})`
  }
}
