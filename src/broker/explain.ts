import { UplinkError } from '../ports/uplink.ts'

/** The connection was closed where the broker's CONNACK should have come, or something else came. */
export class NoConnack extends Error {
  override name = 'NoConnack'
}

/**
 * Whether a broker may speak MQTT 3.1.1 only: it says so (return code 1; reason 132), or it closes the
 * connection without a word, as some do at a CONNECT that they cannot read.
 */
export function speaksNoMqtt5(error: unknown): boolean {
  const { code } = error as { code?: number | string }
  return code === 1 || code === 132 || error instanceof NoConnack
}

/** What kept us from the broker, and what the technician can look at. Never holds a secret. */
export function explain(error: unknown, url: string): UplinkError {
  if (error instanceof UplinkError) return error
  const { code, message } = error as { code?: number | string; message?: string }
  const where = withoutCredentials(url)
  const what = String(code ?? message)
  const known = Object.hasOwn(words, what) ? words[what] : undefined
  if (known) return new UplinkError(known.kind, `${where}: ${known.says} (${what})`, { cause: error })
  if (error instanceof NoConnack) {
    return new UplinkError(
      'refused',
      `${where}: no answer in MQTT came; is this the broker’s MQTT port, and does it want TLS (mqtts://)?`,
      { cause: error },
    )
  }
  return new UplinkError('unreachable', `${where}: ${message ?? String(error)}`, { cause: error })
}

function withoutCredentials(url: string): string {
  return url.replace(/\/\/.*@/, '//')
}

const noTls = { kind: 'refused', says: 'no TLS is spoken there; is it the mqtts port?' } as const
const unknownCa = {
  kind: 'refused',
  says: 'the broker’s CA is not known; put its certificate into broker.ca',
} as const
const wantsCertificate = {
  kind: 'refused',
  says: 'the broker wants a client certificate that it knows; see broker.certificate and broker.key',
} as const
const noPem = { kind: 'refused', says: 'broker.certificate or broker.key is not a PEM file' } as const
// What MQTT 3.1.1 and MQTT 5 both say, each by a number of its own.
const unknownClient = {
  kind: 'refused',
  says: 'the broker does not accept this client id; see broker.clientId',
} as const
const wrongPassword = {
  kind: 'refused',
  says: 'wrong user name or password; see broker.username and broker.passwordFile',
} as const
const notAuthorised = {
  kind: 'refused',
  says: 'not authorised; see broker.username, or the client certificate, and the broker’s rights',
} as const
const notAvailable = { kind: 'unreachable', says: 'the broker is not available' } as const

const words: Record<string, { kind: UplinkError['kind']; says: string }> = {
  ECONNREFUSED: {
    kind: 'unreachable',
    says: 'nothing listens there; is the broker running, and the port right?',
  },
  ECONNRESET: {
    kind: 'unreachable',
    says: 'the connection was reset; is this the broker’s port for mqtt://, or for mqtts://?',
  },
  ENOTFOUND: { kind: 'unreachable', says: 'this name is not known; check broker.url and the name server' },
  EAI_AGAIN: { kind: 'unreachable', says: 'the name server does not answer; check the network' },
  ETIMEDOUT: { kind: 'unreachable', says: 'no answer; check the network, the firewall and the port' },
  'connack timeout': { kind: 'unreachable', says: 'no answer; check the network, the firewall and the port' },
  EHOSTUNREACH: { kind: 'unreachable', says: 'no way to that host; check the network' },
  ENETUNREACH: { kind: 'unreachable', says: 'no network; check cable or Wi-Fi' },
  CERT_HAS_EXPIRED: {
    kind: 'refused',
    says: 'the broker’s certificate has expired, or the clock here is wrong',
  },
  CERT_NOT_YET_VALID: {
    kind: 'refused',
    says: 'the broker’s certificate is not valid yet: the clock here is probably wrong',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    kind: 'refused',
    says: 'the broker’s certificate is self-signed; put it, or its CA, into broker.ca',
  },
  SELF_SIGNED_CERT_IN_CHAIN: unknownCa,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownCa,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownCa,
  ERR_TLS_CERT_ALTNAME_INVALID: {
    kind: 'refused',
    says: 'the broker’s certificate is for another name; use that name in broker.url',
  },
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: wantsCertificate,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: wantsCertificate,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: wantsCertificate,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: wantsCertificate,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: {
    kind: 'refused',
    says: 'the broker says that this terminal’s certificate has expired; renew broker.certificate',
  },
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: {
    kind: 'refused',
    says: 'the broker says that this terminal’s certificate was revoked; ask the authority, and have a new one signed',
  },
  ERR_OSSL_PEM_NO_START_LINE: noPem,
  ERR_OSSL_UNSUPPORTED: noPem,
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: {
    kind: 'refused',
    says: 'broker.key does not belong to broker.certificate',
  },
  2: unknownClient,
  3: notAvailable,
  4: wrongPassword,
  5: notAuthorised,
  133: unknownClient,
  134: wrongPassword,
  135: notAuthorised,
  136: notAvailable,
  137: { kind: 'unreachable', says: 'the broker is busy' },
  138: { kind: 'refused', says: 'the broker has banned this client' },
  142: {
    kind: 'lost',
    says: 'another client has taken over this client id; is there a second terminal of the same name?',
  },
}
