/**
 * faccina-network.txt: what a technician writes about the network, and what becomes of it. Only thinks.
 *
 * A line is `key: value`; empty lines and those that begin with # are skipped. Windows' line ends and byte order mark
 * do no harm.
 */
import { isIP, isIPv4 } from 'node:net'

const wifiKeys = ['wifi-name', 'wifi-password', 'wifi-country']
const keys = [...wifiKeys, 'address', 'gateway', 'dns', 'time-server']

/** What stands in the place of a password that has been brought in. */
export const imported = '(imported; write a new one here to change it)'

/**
 * @param text what is in the file
 * @returns what is wrong, a sentence each; what is set, if nothing is; the text without its password
 */
export function readNetworkFile(text) {
  const problems = []
  const values = {}
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .forEach((line, index) => {
      if (/^\s*(#|$)/.test(line)) return
      const [, key, value] = /^\s*([a-z-]+)\s*:\s?(.*)$/i.exec(line) ?? []
      const name = key?.toLowerCase()
      const at = `line ${index + 1}:`
      // The line itself is not shown: a password may be in it.
      if (name === undefined) problems.push(`${at} no "key: value"; allowed keys are ${keys.join(', ')}.`)
      else if (!keys.includes(name))
        problems.push(`${at} unknown key ${name}; allowed are ${keys.join(', ')}.`)
      else if (name in values) problems.push(`${at} ${name} a second time.`)
      // Spaces may be a part of a password and of a network's name, but not at the end of anything else.
      else if (value.trim() !== '') values[name] = name.startsWith('wifi-') ? value : value.trim()
    })
  problems.push(...wrong(values))
  return problems.length > 0 ? { problems } : { problems, values, wiped: wiped(text) }
}

function* wrong({ 'wifi-name': name, 'wifi-password': password, 'wifi-country': country, ...fixed }) {
  if (name !== undefined && Buffer.byteLength(name) > 32) yield 'wifi-name: at most 32 bytes.'
  if (name === undefined && password !== undefined && password !== imported)
    yield 'wifi-password without wifi-name: which network is it for?'
  if (
    password !== undefined &&
    password !== imported &&
    !/^([\x20-\x7e]{8,63}|[0-9a-fA-F]{64})$/.test(password)
  )
    yield 'wifi-password: 8 to 63 letters, digits and signs of ASCII.'
  if (country !== undefined && !/^[A-Z]{2}$/.test(country)) yield 'wifi-country: two capitals, such as IT.'
  if (name !== undefined && country === undefined) yield 'wifi-country is missing: two capitals, such as IT.'
  const { address, gateway, dns, 'time-server': time } = fixed
  if (address !== undefined && !isPrefix(address))
    yield `address: found ${address}; expected an address with its prefix, such as 192.168.10.21/24.`
  if (address === undefined && gateway !== undefined) yield 'gateway without address: DHCP brings its own.'
  if (gateway !== undefined && !isIP(gateway)) yield `gateway: found ${gateway}; expected an address.`
  if (dns !== undefined && !list(dns).every((one) => isIP(one)))
    yield `dns: found ${dns}; expected addresses, with spaces between them.`
  if (time !== undefined && !list(time).every((one) => /^[a-z0-9.:-]+$/i.test(one)))
    yield `time-server: found ${time}; expected names or addresses, with spaces between them.`
}

function isPrefix(text) {
  const [address, prefix, ...more] = text.split('/')
  const longest = isIPv4(address) ? 32 : 128
  return (
    isIP(address) !== 0 && more.length === 0 && /^\d{1,3}$/.test(prefix ?? '') && Number(prefix) <= longest
  )
}

const list = (text) => text.split(/[\s,]+/).filter((one) => one !== '')

function wiped(text) {
  return text.replace(/^(\s*wifi-password\s*:)[^\r\n]*/im, (line, key) =>
    line.slice(key.length).trim() === '' ? line : `${key} ${imported}`,
  )
}

/** Whether the file has a password that is still to be brought in. */
export function hasPassword({ 'wifi-password': password }) {
  return password !== undefined && password !== imported
}

/**
 * The configuration of wpa_supplicant; nothing without a network to join.
 * @param before the present one: its password goes on where the file has none any more
 */
export function wifiConfiguration(values, before = '') {
  const name = values['wifi-name']
  if (name === undefined) return undefined
  const password = values['wifi-password']
  const old = /^\tpsk=.*$|^\tkey_mgmt=NONE$/m.exec(before)?.[0]
  // Taken over by another card: nobody knows it any more.
  if (password === imported && !old) return undefined
  let key = '\tkey_mgmt=NONE'
  if (hasPassword(values)) key = `\tpsk=${/^[0-9a-f]{64}$/i.test(password) ? password : `"${password}"`}`
  else if (password === imported) key = old
  const lines = [`\tssid=${Buffer.from(name).toString('hex')}`, '\tscan_ssid=1', key]
  if (key.startsWith('\tpsk')) lines.push('\tkey_mgmt=WPA-PSK WPA-PSK-SHA256 SAE', '\tieee80211w=1')
  return `country=${values['wifi-country']}\nnetwork={\n${lines.join('\n')}\n}\n`
}

/** The file of systemd-networkd for a fixed address, or for what DHCP does not say; nothing where it says all. */
export function networkdConfiguration({ address, gateway, dns, 'time-server': time, 'wifi-name': wifi }) {
  if (address === undefined && dns === undefined && time === undefined) return undefined
  const lines = [
    '[Match]',
    `Type=${wifi === undefined ? 'ether' : 'wlan'}`,
    '',
    '[Network]',
    'MulticastDNS=yes',
  ]
  lines.push(address === undefined ? 'DHCP=yes' : `Address=${address}`)
  if (gateway !== undefined) lines.push(`Gateway=${gateway}`)
  for (const one of list(dns ?? '')) lines.push(`DNS=${one}`)
  if (time !== undefined) lines.push(`NTP=${list(time).join(' ')}`)
  return `${lines.join('\n')}\n`
}
