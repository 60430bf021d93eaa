import { execFile } from 'node:child_process'
import { readdir, readFile, readlink, stat } from 'node:fs/promises'
import { cpus, networkInterfaces, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { versions } from 'node:process'

/** One file of the bundle, and how its content is had. It may fail: then the bundle says why. */
export interface Piece {
  name: string
  /** What it is, for the table of contents. */
  about: string
  collect: (signal: AbortSignal) => Promise<string>
}

const logLines = 2_000

/** What this computer says of itself. */
export function computerPieces(version: string): Piece[] {
  return [
    { name: 'versions.txt', about: 'Faccina, Node.js, kernel, system', collect: () => versionsText(version) },
    { name: 'board.txt', about: 'the computer: model, memory, temperature, supply', collect: boardText },
    {
      name: 'log.txt',
      about: `the last ${logLines} lines of the service’s log`,
      collect: said('journalctl', '-u', 'faccina', '-n', String(logLines), '--no-pager', '-o', 'short-iso'),
    },
    {
      name: 'kernel.txt',
      about: 'kernel messages about the card, I2C, USB, serial lines, the supply, memory',
      collect: async (signal) => relevant(await run('dmesg', [], signal)),
    },
    {
      name: 'service.txt',
      about: 'what systemd knows of the service',
      collect: said('systemctl', 'status', 'faccina', '--no-pager', '--lines=0'),
    },
    {
      name: 'unit.txt',
      about: 'the service’s unit, with what was changed here',
      collect: said('systemctl', 'cat', 'faccina', '--no-pager'),
    },
    { name: 'clock.txt', about: 'who keeps the time, and how well', collect: clockText },
    { name: 'disk.txt', about: 'disks, what is mounted, what is free', collect: diskText },
    { name: 'network.txt', about: 'names and states of the network interfaces', collect: networkText },
    { name: 'devices.txt', about: 'devices that a panel may use', collect: devicesText },
  ]
}

function said(command: string, ...args: string[]) {
  return (signal: AbortSignal) => run(command, args, signal)
}

/** All that a program says, also where it ends badly; rejects where there is none, or nothing was said. */
function run(command: string, args: string[], signal: AbortSignal): Promise<string> {
  const options = { signal, timeout: 15_000, maxBuffer: 16 * 1024 * 1024 }
  return new Promise((resolve, reject) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      const text = stdout + (stderr && `\n${stderr}`)
      if (error?.code === 'ENOENT') reject(new Error(`there is no program ${command} here`))
      else if (error && text.trim() === '') reject(new Error(`${command}: ${error.message.split('\n')[0]}`))
      else resolve(text)
    })
  })
}

/** One after the other; what fails says so in its place. */
async function all(parts: Record<string, () => Promise<string>>): Promise<string> {
  const texts: string[] = []
  for (const [name, part] of Object.entries(parts)) {
    const text = await part().catch((error: Error) => `(not to be had: ${error.message})`)
    texts.push(`== ${name}\n${text.trimEnd()}\n`)
  }
  return texts.join('\n')
}

async function versionsText(version: string): Promise<string> {
  return all({
    faccina: async () => version,
    node: async () => JSON.stringify(versions, undefined, 1),
    kernel: async () => `${process.platform} ${process.arch} ${release()}`,
    '/etc/os-release': () => readFile('/etc/os-release', 'utf8'),
  })
}

async function boardText(signal: AbortSignal): Promise<string> {
  const file = (path: string) => async () => (await readFile(path, 'utf8')).replaceAll('\0', '')
  return all({
    model: file('/proc/device-tree/model'),
    processor: async () => `${cpus().length} × ${cpus()[0]?.model ?? ''}`,
    memory: async () => `${Math.round(totalmem() / 2 ** 20)} MiB\n${await file('/proc/meminfo')()}`,
    temperature: file('/sys/class/thermal/thermal_zone0/temp'),
    'throttled (bit 0: under-voltage now, bit 16: since the start)': file(
      '/sys/devices/platform/soc/soc:firmware/get_throttled',
    ),
    uptime: file('/proc/uptime'),
    load: file('/proc/loadavg'),
    'config.txt': file('/boot/firmware/config.txt'),
    modules: () => run('lsmod', [], signal),
  })
}

/** What the kernel says of other things is none of our business. */
const relevance =
  /mmc|i2c|usb|voltage|thrott|spi|tty|ext4|vfat|i\/o error|oom|out of memory|watchdog|ws28|gpio|input/i

function relevant(messages: string): string {
  const lines = messages.split('\n').filter((line) => relevance.test(line))
  return lines.slice(-logLines).join('\n') || '(nothing)'
}

async function clockText(signal: AbortSignal): Promise<string> {
  return all({
    timedatectl: () => run('timedatectl', ['show'], signal),
    chrony: () => run('chronyc', ['-n', 'tracking'], signal),
    'this computer’s clock': () => run('date', ['--iso-8601=seconds'], signal),
  })
}

async function diskText(signal: AbortSignal): Promise<string> {
  return all({
    free: () => run('df', ['-k'], signal),
    names: () => run('df', ['-i'], signal),
    mounts: () => readFile('/proc/self/mounts', 'utf8'),
    disks: () => run('lsblk', ['-o', 'NAME,SIZE,TYPE,FSTYPE,LABEL,RO,MOUNTPOINTS'], signal),
  })
}

/** Names and states; no names or passwords of wireless networks. */
async function networkText(): Promise<string> {
  const addresses = Object.entries(networkInterfaces())
  const states = async () => {
    const names = await readdir('/sys/class/net')
    const state = (name: string) =>
      readFile(`/sys/class/net/${name}/operstate`, 'utf8').catch(() => 'unknown\n')
    return (await Promise.all(names.map(async (name) => `${name} ${await state(name)}`))).join('')
  }
  return all({
    states,
    addresses: async () =>
      addresses.flatMap(([name, list = []]) => list.map(({ cidr }) => `${name} ${cidr}`)).join('\n'),
    routes: () => readFile('/proc/net/route', 'utf8'),
    'name servers': () => readFile('/etc/resolv.conf', 'utf8'),
  })
}

async function devicesText(): Promise<string> {
  const links = async (folder: string) => {
    const names = await readdir(folder)
    const target = (name: string) => readlink(join(folder, name)).catch(() => '')
    return (await Promise.all(names.map(async (name) => `${name} ${await target(name)}`))).join('\n')
  }
  const kinds = /^(i2c-|spidev|tty(ACM|USB|AMA|S0)|leds|gpiochip)/
  return all({
    '/dev': async () => (await readdir('/dev')).filter((name) => kinds.test(name)).join('\n'),
    '/dev/input/by-path': () => links('/dev/input/by-path'),
    '/dev/serial/by-id': () => links('/dev/serial/by-id'),
    '/sys/class/leds': () => links('/sys/class/leds'),
  })
}

/** Names, sizes and times of all files below a folder; never what is in them. */
export async function filesBelow(directory: string): Promise<string> {
  const names = (await readdir(directory, { recursive: true })).sort()
  const lines = names.map(async (name) => {
    const { size, mtime, mode, uid, gid } = await stat(join(directory, name))
    const rights = (mode & 0o7777).toString(8).padStart(4, '0')
    return `${rights} ${uid}:${gid} ${String(size).padStart(10)} ${mtime.toISOString()} ${name}`
  })
  const told = await Promise.allSettled(lines)
  return told.map((line, n) => (line.status === 'fulfilled' ? line.value : `? ${names[n]}`)).join('\n')
}
