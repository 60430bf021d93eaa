import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

/** Anything that speaks over a serial line. */
export interface Speaker {
  send: (bytes: Uint8Array) => void
  receive(bytes: Uint8Array): void
}

/**
 * A model of a device on a pty, under `root` as the kernel and udev would have it, to be plugged in and out.
 * Needs python3.
 */
export class SerialDevice implements AsyncDisposable {
  readonly byId: string
  readonly #tty: string
  readonly #model: Speaker
  #child: ChildProcess | undefined

  private constructor(root: string, id: string, model: Speaker) {
    this.byId = join(root, 'dev/serial/by-id', id)
    this.#tty = join(root, 'dev/ttyUSB0')
    this.#model = model
  }

  static async make(test: Test, root: string, id: string, model: Speaker): Promise<SerialDevice> {
    await mkdir(join(root, 'dev/serial/by-id'), { recursive: true })
    // There is udev, so the lasting names are waited for.
    await mkdir(join(root, 'run/udev'), { recursive: true })
    const device = new SerialDevice(root, id, model)
    test.teardown(() => device[Symbol.asyncDispose]())
    return device
  }

  async plugIn(): Promise<void> {
    const script = fileURLToPath(new URL('pty.py', import.meta.url))
    const child = spawn('python3', [script, this.#tty, this.byId], { stdio: 'pipe' })
    this.#child = child
    child.stdin.on('error', () => {})
    child.stdout.on('data', (bytes: Buffer) => this.#model.receive(bytes))
    this.#model.send = (bytes) => void child.stdin.write(bytes)
    const [said] = await once(child.stderr, 'data', { signal: AbortSignal.timeout(10_000) })
    if (!String(said).includes('plugged in')) throw new Error(`no pty: ${said}`)
  }

  async unplug(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    this.#model.send = () => {}
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.unplug()
  }
}
