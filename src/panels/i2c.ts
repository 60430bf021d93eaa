import type { PanelContext } from './drivers.ts'
import { HardwareError } from './errors.ts'
import { type Import, loadOptional } from './optional.ts'

/** An I2C bus. Its transactions take place one after the other; each rejects with a `HardwareError`. */
export interface I2cBus {
  write(address: number, bytes: Uint8Array): Promise<void>
  read(address: number, length: number): Promise<Uint8Array>
  /** Writes, then reads: two transactions between which no other of this bus takes place. */
  writeRead(address: number, bytes: Uint8Array, length: number): Promise<Uint8Array>
}

/** What we need of the package i2c-bus. */
interface Package {
  openPromisified(bus: number): Promise<Handle>
}

interface Handle {
  i2cWrite(address: number, length: number, buffer: Buffer): Promise<{ bytesWritten: number }>
  i2cRead(address: number, length: number, buffer: Buffer): Promise<{ bytesRead: number }>
  close(): Promise<void>
}

/**
 * A bus of the kernel, `/dev/i2c-N`, that all parts of a panel share. The panel closes it.
 * Rejects with a `HardwareError` when it cannot be had; it may be asked for again.
 */
export async function openI2c(
  bus: number,
  context: Pick<PanelContext, 'share'>,
  load?: Import,
): Promise<I2cBus> {
  const shared = await context.share(`i2c-${bus}`, () => new KernelBus(bus, load))
  await shared.open()
  return shared
}

class KernelBus implements I2cBus, AsyncDisposable {
  readonly #number: number
  readonly #load: Import | undefined
  #handle: Promise<Handle> | undefined
  /** Resolves, never rejects, when the bus is free. */
  #free: Promise<unknown> = Promise.resolve()

  constructor(number: number, load: Import | undefined) {
    this.#number = number
    this.#load = load
  }

  /** What failed is tried again the next time. */
  open(): Promise<Handle> {
    this.#handle ??= this.#open().catch((error) => {
      this.#handle = undefined
      throw error
    })
    return this.#handle
  }

  async #open(): Promise<Handle> {
    const i2c = await loadOptional<Package>('i2c-bus', this.#load)
    try {
      return await i2c.openPromisified(this.#number)
    } catch (cause) {
      const device = `/dev/i2c-${this.#number}`
      const trouble =
        deviceTrouble(this.#number, cause) ?? `cannot open ${device}: ${(cause as Error).message}`
      throw new HardwareError(trouble, { cause })
    }
  }

  write(address: number, bytes: Uint8Array): Promise<void> {
    return this.#then(address, (handle) => this.#write(handle, address, bytes))
  }

  read(address: number, length: number): Promise<Uint8Array> {
    return this.#then(address, (handle) => this.#read(handle, address, length))
  }

  writeRead(address: number, bytes: Uint8Array, length: number): Promise<Uint8Array> {
    return this.#then(address, async (handle) => {
      await this.#write(handle, address, bytes)
      return this.#read(handle, address, length)
    })
  }

  async #write(handle: Handle, address: number, bytes: Uint8Array): Promise<void> {
    const { bytesWritten } = await handle.i2cWrite(address, bytes.length, Buffer.from(bytes))
    if (bytesWritten !== bytes.length) throw new Error(`it took ${bytesWritten} of ${bytes.length} bytes`)
  }

  async #read(handle: Handle, address: number, length: number): Promise<Uint8Array> {
    const buffer = Buffer.alloc(length)
    const { bytesRead } = await handle.i2cRead(address, length, buffer)
    if (bytesRead !== length) throw new Error(`it gave ${bytesRead} of ${length} bytes`)
    return buffer
  }

  #then<T>(address: number, work: (handle: Handle) => Promise<T>): Promise<T> {
    const done = this.#free.then(() => this.#transact(address, work))
    this.#free = done.catch(() => {})
    return done
  }

  async #transact<T>(address: number, work: (handle: Handle) => Promise<T>): Promise<T> {
    const handle = await this.open()
    try {
      return await work(handle)
    } catch (cause) {
      // i2c-bus keeps a chip's file also where it could not be set to its address: begin with new ones.
      await this.#close()
      const trouble = deviceTrouble(this.#number, cause) ?? chipTrouble(this.#number, address, cause)
      throw new HardwareError(trouble, { cause })
    }
  }

  async #close(): Promise<void> {
    const handle = await this.#handle?.catch(() => undefined)
    this.#handle = undefined
    await handle?.close().catch(() => {})
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#free
    await this.#close()
  }
}

/** What keeps us from the bus itself: i2c-bus opens the device only when the first chip is spoken to. */
function deviceTrouble(bus: number, cause: unknown): string | undefined {
  const device = `/dev/i2c-${bus}`
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return `there is no ${device}: put dtparam=i2c_arm=on into /boot/firmware/config.txt and restart`
    case 'EACCES':
    case 'EPERM':
      return `no permission for ${device}: the user that runs Faccina must be in the group i2c`
    default:
      return undefined
  }
}

/** What keeps a chip from answering. */
function chipTrouble(bus: number, address: number, cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException
  const chip = `the chip at ${hex(address)} on /dev/i2c-${bus}`
  // Whoever uses it is `Mended`, whose longest pause is 30 s.
  const look =
    'look at its cable (SDA, SCL, supply, ground) and its address; tried again every 30 s or sooner, votes go on'
  switch (code) {
    case 'EREMOTEIO':
    case 'ENXIO':
      return `${chip} does not answer (${code}): ${look}`
    case 'EIO':
    case 'ETIMEDOUT':
    case 'EAGAIN':
      return `${chip} is disturbed (${code}): ${look}`
    case 'EBUSY':
      return `${chip} belongs to a driver of the kernel (EBUSY): take its overlay out of config.txt`
    default:
      return `${chip} failed (${code ?? message}): ${look}`
  }
}

/** `0x3C`, as it is printed on boards. */
export function hex(address: number): string {
  return `0x${address.toString(16).toUpperCase().padStart(2, '0')}`
}
