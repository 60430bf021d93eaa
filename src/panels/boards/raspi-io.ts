import { readFile } from 'node:fs/promises'
import { HardwareError } from '../errors.ts'
import { type Import, loadOptional } from '../optional.ts'
import { abilities, type Pi, readPi } from '../pi.ts'

/** What the plugin is made for: it touches these lines, and no others. */
export interface RaspiNeeds {
  /** By their BCM numbers. */
  lines: readonly number[]
  /** Whether the I2C on GPIO 2 and 3 is used. */
  i2c: boolean
}

/** What it finds around it; tests put other things in their place. */
export interface RaspiWorld {
  uid?: number | undefined
  pi?: () => Promise<Pi | undefined>
  load?: Import
  /** The process that drives the lines already, by the lock file of pigpio. */
  rival?: () => Promise<number | undefined>
}

interface RaspiIoModule {
  RaspiIO: new (options: { includePins: string[]; enableI2C: boolean; enableSerial: boolean }) => object
}

/**
 * raspi-io as an IO plugin of johnny-five. Where it cannot work, it is not even loaded.
 * Rejects with a `HardwareError`.
 */
export async function makeRaspiIo({ lines, i2c }: RaspiNeeds, world: RaspiWorld = {}): Promise<object> {
  const { uid = process.getuid?.(), pi = readPi, load, rival = pigpioRival } = world
  if (uid !== 0) throw new HardwareError(notRoot)
  const found = await pi()
  if (!found) throw new HardwareError(noPi)
  if (!abilities(found).raspiIo) throw new HardwareError(tooNew(found))
  const { RaspiIO } = await loadOptional<RaspiIoModule>('raspi-io', load)
  try {
    return begin(RaspiIO, lines, i2c)
  } catch (cause) {
    throw new HardwareError(await whyNot(cause, rival), { cause })
  }
}

function begin(RaspiIO: RaspiIoModule['RaspiIO'], lines: readonly number[], i2c: boolean): object {
  try {
    // Without `includePins` it makes an output of every line of the board, whatever is wired to it.
    return new RaspiIO({
      includePins: lines.map((line) => `GPIO${line}`),
      enableI2C: i2c,
      enableSerial: false,
    })
  } finally {
    takeSignalsBack()
  }
}

/**
 * pigpio installs handlers of its own for every signal when it starts: SIGTERM would end the program
 * without its last words. Node's come back when they are asked for anew.
 */
export function takeSignalsBack(): void {
  for (const name of process.eventNames()) {
    if (typeof name !== 'string' || !name.startsWith('SIG')) continue
    const listeners = process.rawListeners(name) as NodeJS.SignalsListener[]
    process.removeAllListeners(name)
    for (const listener of listeners) process.on(name as NodeJS.Signals, listener)
  }
}

const instead = 'choose keys of the kernel, as the profile arcade-linux does'

const notRoot = `raspi-io needs root, since its pigpio goes past the kernel: run as root, or ${instead}`

const noPi =
  'this is no Raspberry Pi (it has no /proc/device-tree/system/linux,revision), and raspi-io works on nothing else'

function tooNew({ name, revision }: Pi): string {
  return `pigpio, which raspi-io needs, rejects a ${name} (revision ${revision}): choose the profile arcade-pi5, whose keys are the kernel's`
}

async function whyNot(cause: unknown, rival: () => Promise<number | undefined>): Promise<string> {
  const words = cause instanceof Error ? cause.message : String(cause)
  if (!words.includes('gpioInitialise')) return `raspi-io: ${words}`
  const pid = await rival()
  if (pid !== undefined)
    return `pigpio cannot start (${words}): pigpiod, or another program with pigpio, is running as process ${pid}: sudo systemctl disable --now pigpiod`
  return `pigpio cannot start (${words}): not root (in a container?), a Pi 5, or pigpiod is running; or another program has TCP port 8888`
}

/** Who holds the lock of pigpio; ours is none. */
async function pigpioRival(): Promise<number | undefined> {
  const pid = Number.parseInt(await readFile('/var/run/pigpio.pid', 'utf8').catch(() => ''), 10)
  if (!(pid > 0) || pid === process.pid) return undefined
  try {
    process.kill(pid, 0)
    return pid
  } catch {
    return undefined
  }
}
