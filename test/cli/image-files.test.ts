import t from 'tap'

/* What the SD image makes of the files on its boot partition: the parts that only think. */

const { readNetworkFile, wifiConfiguration, networkdConfiguration, imported } = await import(
  new URL('../../hardware/image/programs/network-file.mjs', import.meta.url).href
)
const { hostnameFrom } = await import(
  new URL('../../hardware/image/programs/hostname.mjs', import.meta.url).href
)

t.test('as Windows leaves it: byte order mark, line ends, comments', async (t) => {
  const text = '\uFEFF# ours\r\n\r\nWiFi-Name: Comune\r\nwifi-password: very secret\r\nwifi-country: IT\r\n'
  const { problems, values, wiped } = readNetworkFile(text)
  t.same(problems, [])
  t.equal(
    wifiConfiguration(values),
    'country=IT\nnetwork={\n\tssid=436f6d756e65\n\tscan_ssid=1\n\tpsk="very secret"\n' +
      '\tkey_mgmt=WPA-PSK WPA-PSK-SHA256 SAE\n\tieee80211w=1\n}\n',
  )
  t.equal(networkdConfiguration(values), undefined, 'DHCP says the rest')
  t.equal(wiped, text.replace('very secret', imported), 'nothing but the password has gone')
})

t.test('read again, the password stays that of before', async (t) => {
  const first = readNetworkFile('wifi-name: A\nwifi-password: 12345678\nwifi-country: IT\n')
  const before = wifiConfiguration(first.values)
  const second = readNetworkFile(first.wiped.replace('wifi-name: A', 'wifi-name: B'))
  t.same(second.problems, [])
  t.equal(wifiConfiguration(second.values, before), before.replace('ssid=41', 'ssid=42'))
  t.equal(second.wiped, first.wiped.replace('wifi-name: A', 'wifi-name: B'), 'nothing to wipe')
  t.equal(wifiConfiguration(second.values), undefined, 'on another card nobody knows it')
})

t.test('signs that mean something elsewhere are a part of name and password', async (t) => {
  const { problems, values } = readNetworkFile(
    'wifi-name: Caffè "é": #1 \nwifi-password:  a"b\\c#d: e \nwifi-country: IT',
  )
  t.same(problems, [])
  t.match(wifiConfiguration(values), `\tssid=${Buffer.from('Caffè "é": #1 ').toString('hex')}\n`)
  t.match(wifiConfiguration(values), '\tpsk=" a"b\\c#d: e "\n')
})

t.test('an open network; a fixed address', async (t) => {
  const { values } = readNetworkFile('wifi-name: A\nwifi-country: IT\naddress: 192.168.10.21/24\n')
  t.match(wifiConfiguration(values), '\tkey_mgmt=NONE\n')
  t.match(networkdConfiguration(values), /^\[Match\]\nType=wlan\n/)
  const cable = readNetworkFile(
    'address: 10.1.2.3/8\ngateway: 10.0.0.1\ndns: 10.0.0.2, 10.0.0.3\ntime-server: ntp.comune.example\n',
  )
  t.same(cable.problems, [])
  t.equal(
    networkdConfiguration(cable.values),
    '[Match]\nType=ether\n\n[Network]\nMulticastDNS=yes\nAddress=10.1.2.3/8\nGateway=10.0.0.1\nDNS=10.0.0.2\n' +
      'DNS=10.0.0.3\nNTP=ntp.comune.example\n',
  )
  t.equal(wifiConfiguration(cable.values), undefined)
  t.match(networkdConfiguration(readNetworkFile('dns: 9.9.9.9').values), 'DHCP=yes\nDNS=9.9.9.9\n')
})

t.test('what is wrong is said, and no password is shown', async (t) => {
  for (const [text, said] of [
    ['wifi-password: geheim geheim', /wifi-password without wifi-name/],
    ['wifi-name: A\nwifi-password: geheim geheim', /wifi-country is missing: two capitals, such as IT/],
    ['wifi-name: A\nwifi-country: Italia', /two capitals/],
    ['wifi-name: A\nwifi-country: IT\nwifi-password: geheim', /8 to 63/],
    ['wifi-name: A\nwifi-country: IT\nwifi-password: geheim è geheim', /of ASCII/],
    ['wifi-pasword: geheim geheim', /line 1: unknown key wifi-pasword; allowed are wifi-name/],
    ['geheim geheim', /line 1: no "key: value"/],
    ['dns: 1.1.1.1\r\ndns: 9.9.9.9', /line 2: dns a second time/],
    ['address: 192.168.10.21', /with its prefix, such as/],
    ['address: 192.168.10.21/33', /with its prefix/],
    ['gateway: 192.168.10.1', /gateway without address/],
    ['address: 10.0.0.2/8\ngateway: router', /gateway: found router; expected an address/],
    ['dns: dns.comune.example', /dns: found/],
    ['time-server: a;b', /time-server: found/],
  ] as const) {
    const { problems, values } = readNetworkFile(text)
    t.match(problems.join('\n'), said)
    t.equal(values, undefined, 'nothing of it is used')
    t.notMatch(problems.join('\n'), /geheim/)
  }
})

t.test('the name of the counter', async (t) => {
  const named = (text: string) => hostnameFrom(`terminal:\n${text}`)
  t.equal(named('  municipality: c_e506\n  office: anagrafe\n  counter: "3"\n'), 'faccina-c-e506-anagrafe-3')
  t.equal(named('  municipality: c_e506\n  office: anagrafe\n  counter: 3\n'), 'faccina-c-e506-anagrafe-3')
  t.equal(named('  municipality: c_e506\n  office: anagrafe\n'), undefined)
  t.equal(hostnameFrom(''), undefined)
})
