/** Brings faccina-network.txt in from the boot partition (faccina-boot-rw.service), and wipes the password there. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { hasPassword, networkdConfiguration, readNetworkFile, wifiConfiguration } from './network-file.mjs'

const boot = '/boot/firmware'
const file = join(boot, 'faccina-network.txt')
const errorFile = join(boot, 'faccina-network-error.txt')
const kept = '/data/system/network'
const wifiFile = join(kept, 'wpa_supplicant.conf')
const addressFile = join(kept, '40-faccina-address.network')

/** Durable, or as it was before. */
function replace(path, text, mode) {
  if (read(path) === text) return
  if (text === undefined) return rmSync(path, { force: true })
  writeSynced(`${path}.new`, text, 'w', mode)
  renameSync(`${path}.new`, path)
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

function writeSynced(path, text, flags, mode) {
  const handle = openSync(path, flags, mode)
  writeSync(handle, text)
  fsyncSync(handle)
  closeSync(handle)
}

const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)

/** First over the very bytes of the file, then as the text that is to stay. */
function wipe(text, wiped) {
  writeSynced(file, ' '.repeat(Buffer.byteLength(text)), 'r+', 0o600)
  replace(file, wiped, 0o600)
}

function bringIn() {
  const text = read(file)
  if (text === undefined) return
  const { problems, values, wiped } = readNetworkFile(text)
  for (const problem of problems) console.error(`faccina-network.txt: ${problem}`)
  const said =
    problems.length > 0
      ? `faccina-network.txt is not used; the network stays as it was:\r\n${problems.map((one) => `- ${one}\r\n`).join('')}`
      : undefined
  replace(errorFile, said, 0o600)
  if (!values) return
  replace(wifiFile, wifiConfiguration(values, read(wifiFile)), 0o600)
  replace(addressFile, networkdConfiguration(values), 0o644)
  if (hasPassword(values)) wipe(text, wiped)
}

try {
  bringIn()
} catch (error) {
  console.error(`faccina-network.txt was not brought in: ${error.message}`)
}
mkdirSync('/run/systemd/network', { recursive: true })
const address = read(addressFile)
if (address !== undefined) replace('/run/systemd/network/40-faccina-address.network', address, 0o644)
