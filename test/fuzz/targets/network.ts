// @ts-expect-error: programs of the image are plain JavaScript
import * as network from '../../../hardware/image/programs/network-file.mjs'
import { must, mustEqual, type Target } from '../engine/target.ts'

const secret = 'Zq7-wkJx-9Fm'

const target: Target = {
  holds:
    'a network file is settings, or sentences that tell no password; what is written for wpa_supplicant and networkd has the lines that it should and no more; the file without its password has it no more, and says the same',
  covers: ['hardware/image/programs/network-file.mjs'],
  maxBytes: 1_500,
  words: [
    'wifi-name: ',
    'wifi-password: ',
    'wifi-country: IT',
    'address: ',
    '192.168.10.21/24',
    'fe80::1/64',
    'gateway: ',
    'dns: ',
    'time-server: ',
    secret,
    '\r\n',
    '"',
    '\\',
    '}',
    '\u2028',
    '\u0085',
    '\v',
    network.imported as string,
  ],
  *corpus() {
    yield `wifi-name: Comune\nwifi-password: ${secret}\nwifi-country: IT\n`
    yield '# ours\r\naddress: 192.168.10.21/24\r\ngateway: 192.168.10.1\r\ndns: 192.168.10.1, 1.1.1.1\r\ntime-server: ntp.example\r\n'
    yield `\ufeffWIFI-NAME: Città\nwifi-country: IT\nwifi-password: ${network.imported}\n`
    yield `wifi-name: a\nwifi-country: IT\nwifi-password: ${'0123456789abcdef'.repeat(4)}\naddress: fe80::1/64\n`
  },
  check(bytes) {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    const { problems, values, wiped } = network.readNetworkFile(text) as {
      problems: string[]
      values?: Record<string, string>
      wiped?: string
    }
    const lines = text.split(/\r\n|\r|\n/)
    const holders = lines.filter((line) => line.includes(secret))
    const isSecret = holders.length > 0 && holders.every((line) => /^\s*wifi-password\s*:/i.test(line))
    for (const problem of problems) {
      must(problem.length > 10 && !/undefined|\[object/.test(problem), () => `no words: ${problem}`)
      must(!isSecret || !problem.includes(secret), () => `a password is told: ${problem}`)
    }
    if (!values || wiped === undefined) {
      must(problems.length > 0, 'neither settings nor problems')
      return
    }
    mustBeForWifi(values)
    mustBeForNetworkd(values)
    must(!isSecret || !wiped.includes(secret), 'the password is still there')
    const again = network.readNetworkFile(wiped)
    const { 'wifi-password': password, ...others } = values
    mustEqual(again.values && { ...again.values, 'wifi-password': undefined }, others, 'without its password')
    if (password !== undefined)
      mustEqual(again.values['wifi-password'], network.imported, 'what stands in its place')
  },
}
export default target

function mustBeForWifi(values: Record<string, string>): void {
  const written = network.wifiConfiguration(values, '\tpsk="old"\n') as string | undefined
  if (written === undefined) return
  const form =
    /^country=[A-Z]{2}\nnetwork=\{\n\tssid=([0-9a-f]{2})+\n\tscan_ssid=1\n\t(key_mgmt=NONE|psk=("[ -~]{3,63}"|[0-9a-fA-F]{64})\n\tkey_mgmt=WPA-PSK WPA-PSK-SHA256 SAE\n\tieee80211w=1)\n\}\n$/
  must(form.test(written), () => `for wpa_supplicant: ${JSON.stringify(written)}`)
}

function mustBeForNetworkd(values: Record<string, string>): void {
  const written = network.networkdConfiguration(values) as string | undefined
  if (written === undefined) return
  for (const line of written.split('\n'))
    must(
      /^(|\[(Match|Network)\]|(Type|MulticastDNS|DHCP|Address|Gateway|DNS|NTP|Domains|LinkLocalAddressing|IPv6AcceptRA|UseDNS)=[ -~]*|\[[A-Za-z0-9]+\]|[A-Za-z0-9]+=[ -~]*)$/.test(
        line,
      ),
      () => `for networkd: ${JSON.stringify(line)}`,
    )
}
