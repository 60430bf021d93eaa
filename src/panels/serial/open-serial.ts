import { readFile, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { SerialPort, SerialPortMock } from 'serialport'
import { HardwareError } from '../errors.ts'
import { type Import, loadOptional } from '../optional.ts'

/** A port of serialport 13: a real one, or one over its mock binding. */
export type Serial = SerialPort | SerialPortMock

export interface OpenSerialOptions {
  baudRate: number
  /** Makes the port, not yet open; without it serialport's own, loaded only now. */
  make?: (options: { path: string; baudRate: number; autoOpen: false }) => Serial
  /** How serialport is imported. */
  load?: Import
  /** The folder that takes the place of `/` where the kernel is asked for its console. */
  root?: string
}

/**
 * Opens a serial port, for us alone. Whoever gets it hears its `error` and `close`.
 * Rejects with a `HardwareError`: the path is awaited, the group is missing, the console is on it, another
 * program has it, the module is absent.
 */
export async function openSerial(path: string, options: OpenSerialOptions): Promise<Serial> {
  const { baudRate, load, make = await serialport(load), root = '/' } = options
  await refuseConsole(path, root)
  const port = make({ path, baudRate, autoOpen: false })
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(refused(path, error)) : resolve()))
  })
  return port
}

/** Closes it, whether it still works or not. Never rejects, and may never settle where the kernel hangs. */
export function closeSerial(port: Serial): Promise<void> {
  if (!port.isOpen) return Promise.resolve()
  return new Promise((resolve) => {
    port.once('close', () => resolve())
    port.close(() => resolve())
  })
}

async function serialport(load?: Import): Promise<NonNullable<OpenSerialOptions['make']>> {
  const { SerialPort } = await loadOptional<typeof import('serialport')>('serialport', load)
  return (options) => new SerialPort(options)
}

/** What the kernel writes on a line would be garbage to the device, and its log-in would answer it. */
async function refuseConsole(path: string, root: string): Promise<void> {
  const name = basename(await realpath(path).catch(() => path))
  const consoles = await readFile(join(root, 'proc/consoles'), 'utf8').catch(() => '')
  if (!consoles.split('\n').some((line) => line.split(/\s/)[0] === name)) return
  throw new HardwareError(
    `${path} (${name}) is the serial console: take console=serial0,115200 out of cmdline.txt, leave enable_uart=1 in config.txt (raspi-config: no login shell over serial, but the serial port hardware on), and restart`,
  )
}

function refused(path: string, cause: Error): HardwareError {
  return new HardwareError(reason(path, cause.message), { cause })
}

/** serialport gives the words of strerror, and no code. */
function reason(path: string, message: string): string {
  if (/No such (file|device)/.test(message)) {
    const config = /\/(serial\d|ttyAMA\d+|ttyS0)$/.test(path)
      ? 'put enable_uart=1 into config.txt and restart'
      : 'it is awaited; is it plugged in?'
    return `${path} is not there: ${config}`
  }
  if (/Permission denied/.test(message))
    return `${path} may not be opened: the user of Faccina is not in the group dialout (sudo usermod -aG dialout USER, then restart)`
  if (/temporarily unavailable|busy/i.test(message))
    return `${path} is in use by another program: end it (sudo fuser -v ${path} names it; often a getty or ModemManager)`
  return `${path} cannot be opened: ${message}`
}
