import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { freePort } from '../contracts/free-port.ts'
import { Child } from './children.ts'

export interface MachineOptions {
  /** The card, which is written to. */
  card: string
  /** Where kernel, first files and the SSH key are. */
  folder: string
  /** What is said on the serial line goes there as well. */
  log: string
}

/** Why no such machine can be had here; nothing where it can. */
export async function whyNoMachine(): Promise<string | undefined> {
  const tools = {
    'qemu-system-aarch64': 'qemu-system-arm',
    mcopy: 'mtools',
    debugfs: 'e2fsprogs',
    ssh: 'openssh-client',
  }
  for (const [tool, debian] of Object.entries(tools)) {
    const there = await new Promise<boolean>((resolve) =>
      execFile('which', [tool], { env: { PATH: `${process.env.PATH}:/usr/sbin` } }, (error) =>
        resolve(!error),
      ),
    )
    if (!there) return `needs ${tool} (Debian: ${debian})`
  }
  return undefined
}

/** What takes a Pi a second takes an emulated one a minute: systemd gives the units of the terminal that time. */
const patience = ['faccina', 'faccina-card']
  .map((unit) => {
    const dropIn = '[Service]\nWatchdogSec=10min\nTimeoutStartSec=15min\nTimeoutStopSec=5min\n'
    return `systemd.set_credential_binary=systemd.unit-dropin.${unit}.service:${btoa(dropIn)}`
  })
  .join(' ')

/**
 * A card in an emulated computer of 64-bit ARM, started by the kernel and the first files that lie on the card. Its
 * network sees this computer's loopback as 10.0.2.2; its SSH is on a port of ours.
 */
export class Machine implements AsyncDisposable {
  readonly #child: Child
  readonly #options: MachineOptions
  readonly #sshPort: number

  private constructor(child: Child, options: MachineOptions, sshPort: number) {
    this.#child = child
    this.#options = options
    this.#sshPort = sshPort
  }

  /** @param commandLine the card's own, for the kernel; the serial line is added. */
  static async start(options: MachineOptions, commandLine: string): Promise<Machine> {
    const sshPort = await freePort()
    const { card, folder, log } = options
    const child = new Child('qemu-system-aarch64', [
      ...['-M', 'virt', '-cpu', 'cortex-a53', '-smp', '2', '-m', '1024', '-no-reboot', '-display', 'none'],
      ...[
        '-monitor',
        'none',
        '-chardev',
        `stdio,id=line,logfile=${log},logappend=on`,
        '-serial',
        'chardev:line',
      ],
      ...['-kernel', join(folder, 'vmlinuz'), '-initrd', join(folder, 'initramfs.img')],
      ...['-append', `${commandLine} console=ttyAMA0 ${patience}`],
      ...['-drive', `if=none,id=card,format=raw,file=${card}`, '-device', 'virtio-blk-pci,drive=card'],
      ...['-netdev', `user,id=net,hostfwd=tcp:127.0.0.1:${sshPort}-:22`],
      ...['-device', 'virtio-net-pci,netdev=net,romfile='],
    ])
    return new Machine(child, options, sshPort)
  }

  /** All that the serial line has said since the start. */
  get said(): string {
    return this.#child.output
  }

  until(pattern: RegExp, ms: number): Promise<RegExpExecArray> {
    return this.#child.said(pattern, ms)
  }

  /** Runs a program inside, by SSH with the key of the card, and gives it `input`. */
  run(command: string, input = '', ms = 180_000): Promise<{ code: number; stdout: string; stderr: string }> {
    const options = [
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'ConnectTimeout=60',
      'BatchMode=yes',
    ]
    const args = [
      ...options.flatMap((option) => ['-o', option]),
      ...['-q', '-i', join(this.#options.folder, 'key'), '-p', String(this.#sshPort)],
      ...['technician@127.0.0.1', command],
    ]
    return new Promise((resolve) => {
      const ssh = execFile(
        'ssh',
        args,
        { timeout: ms, maxBuffer: 16 * 1024 * 1024 },
        (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
      )
      ssh.stdin!.end(input)
    })
  }

  /** Resolves once somebody can come in: its SSH may have started and not listen yet. */
  async reachable(seconds = 180): Promise<void> {
    const end = performance.now() + seconds * 1000
    for (;;) {
      const { code, stderr } = await this.run('true')
      if (code === 0) return
      if (performance.now() > end) throw new Error(`no way in by SSH after ${seconds} s: ${stderr}`)
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  }

  /** Lets it go down in order, as `reboot` would have it. */
  async shutDown(): Promise<void> {
    await this.run('sudo systemctl --no-block poweroff')
    await this.until(/reboot: Power down/, 240_000)
    await this.cutPower()
  }

  async cutPower(): Promise<void> {
    await this.#child.kill('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cutPower()
  }
}
