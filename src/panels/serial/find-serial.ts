import { readdir, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { HardwareError } from '../errors.ts'

/** What is looked for on a serial line. */
export type SerialKind = 'arduino' | 'nextion'

export interface FindSerialOptions {
  /** The path that was found before, to say what is waited for once it is gone. */
  last?: string | undefined
  /** The folder that takes the place of `/`; the paths that come out begin with it. */
  root?: string
}

const ids = '/dev/serial/by-id'

/**
 * Where a serial device is. `auto` takes the only one that is plugged in, by its name in /dev/serial/by-id,
 * which stays the same whatever else is plugged in; if there is none, a Nextion may be on the Pi's own pins.
 * Rejects with a `HardwareError` if there are none or several.
 * @param device `auto`, or a path, which is taken as it is
 */
export async function findSerial(
  device: 'auto' | (string & {}),
  kind: SerialKind,
  options: FindSerialOptions = {},
): Promise<string> {
  if (device !== 'auto') return device
  const { root = '/', last } = options
  const found = await adapters(root)
  const fitting = fit(found, kind)
  if (fitting.length === 1) return fitting[0]!
  if (fitting.length > 1) throw new HardwareError(several(fitting, kind))
  if (last?.startsWith(join(root, ids))) throw new HardwareError(awaited(last, kind))
  const pins = join(root, 'dev/serial0')
  if (kind === 'nextion' && (await exists(pins))) return pins
  throw new HardwareError(found.length > 0 ? otherOnly(found, kind) : none(kind))
}

/** USB adapters by their lasting names, which udev makes a moment later; without udev by those of the kernel. */
async function adapters(root: string): Promise<string[]> {
  const named = await names(join(root, ids))
  if (named.length > 0 || (await exists(join(root, 'run/udev')))) return named
  const all = await names(join(root, 'dev'))
  return all.filter((path) => /^tty(USB|ACM)\d+$/.test(basename(path)))
}

/** Boards by Arduino itself, by the words and the maker's number in the name. */
const surelyArduino = /arduino|[_-](2341|2a03)[_-]/i

/** Which of them it can be: the chips on copies of Arduinos are on plain adapters too. */
function fit(paths: readonly string[], kind: SerialKind): string[] {
  const arduinos = paths.filter((path) => surelyArduino.test(basename(path)))
  const others = paths.filter((path) => !surelyArduino.test(basename(path)))
  if (kind === 'nextion') return others
  return arduinos.length > 0 ? arduinos : others
}

const words = {
  arduino: { what: 'the Arduino', setting: 'keys.device (and lights.device)' },
  nextion: { what: 'the Nextion', setting: 'display.device (and keys.device)' },
} as const

function several(paths: readonly string[], kind: SerialKind): string {
  const { what, setting } = words[kind]
  return `${paths.length} serial devices may be ${what}: ${paths.join(', ')}; say which in the profile: ${setting}`
}

function awaited(path: string, kind: SerialKind): string {
  return `${path} is gone: it is awaited; look at the USB plug of ${words[kind].what}`
}

function otherOnly(paths: readonly string[], kind: SerialKind): string {
  const { what, setting } = words[kind]
  return `none of the serial devices looks like ${what} (${paths.join(', ')}); if one is, say so in the profile: ${setting}`
}

function none(kind: SerialKind): string {
  const pins =
    kind === 'nextion'
      ? ', and there is no /dev/serial0: for a display on the pins put enable_uart=1 into config.txt'
      : ''
  return `nothing is in ${ids}: plug the USB cable of ${words[kind].what} in${pins}`
}

async function names(folder: string): Promise<string[]> {
  const found = await readdir(folder).catch(() => [])
  return found.sort().map((name) => join(folder, name))
}

async function exists(path: string): Promise<boolean> {
  return realpath(path).then(
    () => true,
    () => false,
  )
}
