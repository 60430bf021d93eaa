/*
 * The hands of a test in the guest: takes orders from the host, one line of JSON each, and tells what came
 * of them. Run by rig.ts: guest.mjs PORT
 */
import { spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const host = '10.0.2.2'
const socket = connect(Number(process.argv[2]), host)
socket.setNoDelay()
// When the host has let go, there is nothing left to do.
socket.on('close', () => process.exit(0))
const tell = (message) => socket.write(`${JSON.stringify(message)}\n`)

/** The groups that a Pi's udev gives its devices, by numbers that this computer need not know. */
const groups = { input: 61001, spi: 61002, i2c: 61003, gpio: 61004 }

function settle() {
  const give = (path, group) => {
    chownSync(path, 0, group)
    chmodSync(path, 0o660)
  }
  for (const name of readdirSync('/dev/input').filter((name) => name.startsWith('event')))
    give(`/dev/input/${name}`, groups.input)
  give('/dev/spidev0.0', groups.spi)
  give('/dev/i2c-1', groups.i2c)
  give('/dev/leds0', groups.gpio)
  for (const led of readdirSync('/sys/class/leds'))
    for (const file of ['brightness', 'trigger']) give(`/sys/class/leds/${led}/${file}`, groups.gpio)
}

const platform = '/sys/devices/platform'
const lines = readdirSync(platform)
  .filter((name) => name !== 'uevent' && name !== 'power')
  .flatMap((device) => readdirSync(`${platform}/${device}`).map((name) => `${platform}/${device}/${name}`))
  .find((path) => /\/gpiochip\d+$/.test(path) && readdirSync(path).includes('sim_gpio0'))

const pull = (line, to) => writeFileSync(`${lines}/sim_gpio${line}/pull`, `pull-${to}`)

const children = new Map()

function start({ name, command, args, env = {}, user = true, without = [] }) {
  const own = Object.entries(groups).flatMap(([group, number]) => (without.includes(group) ? [] : [number]))
  const list = own.length > 0 ? [`--groups=${own.join(',')}`] : ['--clear-groups']
  const words = user
    ? ['setpriv', '--reuid=65534', '--regid=65534', ...list, '--', command, ...args]
    : [command, ...args]
  const child = spawn(words[0], words.slice(1), { env: { ...process.env, ...env }, stdio: 'pipe' })
  children.set(name, child)
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => tell({ of: name, text }))
  child.on('exit', (code, signal) => {
    children.delete(name)
    tell({ of: name, code, signal })
  })
  return child.pid
}

const actions = {
  settle,
  pull: ({ line, to }) => pull(line, to),
  /** Pulls so many times, each `us` after the one before; says how many µs the longest took. */
  train({ line, count, us, first }) {
    let longest = 0n
    let to = first
    for (let i = 0; i < count; i++) {
      const begun = process.hrtime.bigint()
      pull(line, to)
      to = to === 'down' ? 'up' : 'down'
      let now = begun
      while (now < begun + BigInt(us) * 1000n) now = process.hrtime.bigint()
      if (now - begun > longest) longest = now - begun
    }
    return Number(longest / 1000n)
  },
  level: ({ line }) => readFileSync(`${lines}/sim_gpio${line}/value`, 'utf8'),
  rest: ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms)),
  read: ({ path }) => readFileSync(path, 'utf8'),
  write: ({ path, text, hex }) =>
    writeFileSync(path, hex === undefined ? text : Buffer.from(hex, 'hex'), { flag: 'r+' }),
  create: ({ path, text }) => writeFileSync(path, text),
  /** A folder of nobody's. */
  folder({ path }) {
    mkdirSync(path, { recursive: true })
    chownSync(path, 65534, 65534)
  },
  start,
  say: ({ name, text }) => void children.get(name).stdin.write(`${text}\n`),
  signal: ({ name, signal }) => children.get(name)?.kill(signal),
  /** Hundredths of a second of processor, and how often it waited and was woken, of a process and all its threads. */
  usage({ pid }) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
    let switches = 0
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')
      switches += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)[1])
    }
    return {
      ticks: Number(stat[11]) + Number(stat[12]),
      switches,
      uptime: readFileSync('/proc/uptime', 'utf8'),
    }
  },
  uinput: ({ name, codes }) =>
    start({
      name,
      command: 'perl',
      args: [fileURLToPath(new URL('uinput.pl', import.meta.url)), ...codes.map(String)],
      user: false,
    }),
}

createInterface({ input: socket }).on('line', async (line) => {
  const { id, do: action, ...rest } = JSON.parse(line)
  try {
    tell({ id, result: (await actions[action](rest)) ?? null })
  } catch (error) {
    tell({ id, error: String(error?.message ?? error) })
  }
})
socket.on('connect', () => tell({ hello: process.version }))
