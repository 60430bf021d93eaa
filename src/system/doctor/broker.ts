import { judgeDates } from './certificate.ts'
import { codeOf, failed, good, type Told } from './finding.ts'

export interface Address {
  host: string
  port: number
  tls: boolean
}

/** Where `mqtt://host:port` or `mqtts://host:port` leads. */
export function addressOf(url: string): Address {
  const { protocol, hostname, port } = new URL(url)
  const tls = protocol === 'mqtts:'
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (tls ? 8883 : 1883), tls }
}

export function isThisComputer(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

/** Whether something listens there. */
export async function lookAtPort(
  address: Address,
  connect: (address: Address) => Promise<void>,
): Promise<Told> {
  const where = `${address.host} port ${address.port}`
  try {
    await connect(address)
    return good(`${where} answers`)
  } catch (error) {
    return failed(
      `${where}: ${portWords[codeOf(error)] ?? 'cannot be reached'} (${codeOf(error)})`,
      portNext(error, address),
    )
  }
}

const portWords: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no way to that host',
  ENETUNREACH: 'no network',
}

function portNext(error: unknown, { tls }: Address): string {
  if (codeOf(error) === 'ECONNREFUSED')
    return `Ask whether the broker is running, and for its port; broker.url says which (usually ${tls ? 8883 : 1883}).`
  if (codeOf(error) === 'ENETUNREACH') return 'Plug in the network cable, or set up the Wi-Fi.'
  return 'Ask who runs the network whether the firewall lets this terminal through to that port.'
}

/** What the broker shows of itself in TLS. */
export interface Shown {
  protocol: string
  /** Why its certificate is not trusted: OpenSSL's or Node's code; absent where it is. */
  distrust?: string
  validFrom: string
  validTo: string
}

/** Whether the broker is who it says. */
export async function lookAtTls(
  address: Address,
  wall: number,
  shake: (address: Address) => Promise<Shown>,
): Promise<Told> {
  let shown: Shown
  try {
    shown = await shake(address)
  } catch (error) {
    const code = codeOf(error)
    return failed(`no TLS came about (${code})`, tlsNexts[code] ?? noTls)
  }
  const { protocol, distrust } = shown
  // The dates first, for who has to act upon them is another one.
  const dates = judgeDates(shown, wall, {
    whose: 'the broker’s certificate',
    renew: 'Tell who runs the broker to renew its certificate.',
  })
  if (dates.result === 'failed') return dates
  if (distrust !== undefined)
    return failed(`the broker’s certificate is not trusted (${distrust})`, tlsNexts[distrust] ?? unknownCa)
  return { ...dates, found: `${protocol.replace('TLSv', 'TLS ')}, verified; ${dates.found}` }
}

const noTls =
  'Ask for the broker’s port for mqtts://, and write it into broker.url: no TLS is spoken at this one.'
const unknownCa = 'Get the certificate of the CA from who runs the broker, and name the file in broker.ca.'
const noPem =
  'Save the files of broker.ca, broker.certificate and broker.key again as PEM, which begins with -----BEGIN.'

const tlsNexts: Record<string, string> = {
  ENOENT: 'Put the files of broker.ca, broker.certificate and broker.key where the settings say.',
  EACCES:
    'Give the user that runs the terminal the right to read the files of broker.ca, broker.certificate and broker.key.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Write the name that the broker’s certificate is for into broker.url.',
  CERT_NOT_YET_VALID: 'Set the clock right: timedatectl',
  ERR_OSSL_PEM_NO_START_LINE: noPem,
  ERR_OSSL_UNSUPPORTED: noPem,
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'Take the key that belongs to broker.certificate.',
}

/**
 * Whether the broker lets us in.
 * @param connect resolves with the protocol's version; its error's message says what is wrong
 */
export async function lookAtMqtt(connect: () => Promise<string>): Promise<Told> {
  try {
    return good(`MQTT ${await connect()}, let in`)
  } catch (error) {
    return failed((error as Error).message, mqttNexts(codeOf(error)))
  }
}

function mqttNexts(code: string): string {
  if (code === '4' || code === '134')
    return 'Correct broker.username and broker.passwordFile in the settings.'
  if (code === '5' || code === '135')
    return 'Ask who runs the broker for the user name, password or client certificate of this terminal.'
  if (code === '2' || code === '133')
    return 'Ask who runs the broker which client ids it lets in; this check comes with “-doctor” behind broker.clientId.'
  if (code === 'ENOENT' || code === 'EACCES')
    return 'Put the file where the settings say, readable for the terminal’s user.'
  if (/CERTIFICATE|UNKNOWN_CA|HANDSHAKE/.test(code))
    return 'Ask who runs the broker for a client certificate that it knows; name it in broker.certificate, its key in broker.key.'
  return 'Ask who runs the broker whether this is its MQTT port, and what its log says of this terminal.'
}
