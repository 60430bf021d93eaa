import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { freePort } from '../contracts/free-port.ts'
import { Arrivals } from './arrivals.ts'
import { Authority } from './certificates.ts'
import { folder } from './folder.ts'
import { openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'

/**
 * Certificates that somebody has to renew or exchange: until then votes are thanked and nothing is sent,
 * the log says in words what is wrong, and then the votes arrive with no hand at the terminal.
 */

interface Identity {
  certificate: string
  key: string
}

interface Case {
  name: string
  /** What the broker shows, at first and once somebody has seen to it. */
  server: [wrong: Identity, right: Identity]
  /** What the terminal's files hold, at first and once somebody has seen to it. */
  ca: [wrong: string, right: string]
  client?: [wrong: Identity, right: Identity]
  words: RegExp
}

async function put(directory: string, ca: string, client: Identity | undefined): Promise<void> {
  await copyFile(ca, join(directory, 'ca.pem'))
  if (!client) return
  await copyFile(client.certificate, join(directory, 'terminal.pem'))
  await copyFile(client.key, join(directory, 'terminal.key'))
}

/** For subscribers of the municipality's own network without TLS, for terminals with it. */
async function broker(ports: [number, number], { certificate, key }: Identity, ca: string | undefined) {
  const tls = [`listener ${ports[1]} 127.0.0.1`, `certfile ${certificate}`, `keyfile ${key}`]
  const client = ca === undefined ? [] : [`cafile ${ca}`, 'require_certificate true']
  return openMosquitto(['allow_anonymous true', ...tls, ...client], {}, ports[0])
}

async function refusedThenRenewed(t: Test, authority: Authority, { server, ca, client, words }: Case) {
  const directory = await folder(t)
  const ports: [number, number] = [await freePort(), await freePort()]
  const clientCa = client && authority.ca
  await put(directory, ca[0], client?.[0])
  const file = (name: string) => join(directory, name)
  const more = {
    broker: {
      url: `mqtts://127.0.0.1:${ports[1]}`,
      ca: file('ca.pem'),
      ...(client && { certificate: file('terminal.pem'), key: file('terminal.key') }),
    },
  }
  await using terminal = await TerminalChild.start({ directory, more })
  await terminal.vote('satisfied')
  {
    await using _first = await broker(ports, server[0], clientCa)
    await using watching = await Subscriber.open(ports[0])
    const [said] = await terminal.said(/not connected .*certificate.*/)
    t.match(said, words)
    const from = terminal.output.length
    await terminal.said(/not connected/, 30_000, from)
    t.same(watching.received, [], 'nothing was sent')
  }

  await put(directory, ca[1], client?.[1])
  await using _second = await broker(ports, server[1], clientCa)
  await using subscriber = await Subscriber.open(ports[0])
  const arrivals = new Arrivals()
  await subscriber.until(() => arrivals.see(subscriber).votes === 1)
  await terminal.vote('neutral')
  await subscriber.until(() => arrivals.see(subscriber).votes === 2)
  t.same([arrivals.lost, ...arrivals.faults], [0])
}

t.test('certificates', async (t) => {
  await using authority = await Authority.open('Comune di Prova')
  await using stranger = await Authority.open('Somebody else')
  const here = 'IP:127.0.0.1'
  const good = await authority.issue('good', here)
  const terminal = await authority.issue('terminal', 'DNS:terminal')
  const usual = { server: [good, good], ca: [authority.ca, authority.ca] } satisfies Partial<Case>
  const wantsKnown = /the broker wants a client certificate that it knows; see broker\.certificate/
  const cases: Case[] = [
    {
      ...usual,
      name: 'the broker’s certificate has expired',
      server: [await authority.issue('old', here, -1), good],
      words: /the broker’s certificate has expired, or the clock here is wrong/,
    },
    {
      ...usual,
      name: 'the broker’s certificate is of a CA that is not known here',
      ca: [stranger.ca, authority.ca],
      words: /the broker’s CA is not known; put its certificate into broker\.ca/,
    },
    {
      ...usual,
      name: 'the broker’s certificate is for another host name',
      server: [await authority.issue('other', 'DNS:broker.comune.example'), good],
      words: /the broker’s certificate is for another name; use that name in broker\.url/,
    },
    {
      ...usual,
      name: 'the terminal’s certificate has expired',
      client: [await authority.issue('former', 'DNS:terminal', -1), terminal],
      words: /this terminal’s certificate has expired; renew broker\.certificate/,
    },
    {
      ...usual,
      name: 'the terminal’s certificate is of a CA that the broker does not know',
      client: [await stranger.issue('foreign', 'DNS:terminal'), terminal],
      words: wantsKnown,
    },
  ]
  for (const each of cases) await t.test(each.name, (t) => refusedThenRenewed(t, authority, each))
})
