import type { IncomingMessage } from 'node:http'

/**
 * Who may ask. There is no password, so a page of another origin that the same browser has open must
 * not be able to press a face, nor to read anything: not by a form, not by fetch, and not by a name of its own that it lets
 * resolve to this computer (DNS rebinding).
 *
 * @returns why the request is refused, or undefined when it is ours
 */
export function refuseForeign(request: IncomingMessage, listenHost: string): string | undefined {
  const { host, origin } = request.headers
  const own = ownHosts(request, listenHost)
  if (host === undefined || !own.includes(host.toLowerCase())) {
    return `The host ${shown(host)} is not this server's; allowed is ${own.join(', ')}.`
  }
  if (origin !== undefined && !own.includes(origin.toLowerCase().replace(/^http:\/\//, ''))) {
    return `The origin ${shown(origin)} may not use this server; allowed is http://${host}.`
  }
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isVisit(request)) {
    return `A page of another origin (Sec-Fetch-Site: ${site}) may not use this server; only its own page may.`
  }
  return undefined
}

/** Somebody follows a link to the page: that opens it for themselves and shows nothing to the other page. */
function isVisit(request: IncomingMessage): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } = request.headers
  return request.method === 'GET' && mode === 'navigate' && dest === 'document'
}

/** `host:port` in every spelling that is ours; a browser leaves port 80 out. */
function ownHosts(request: IncomingMessage, listenHost: string): string[] {
  const { localAddress = '', localPort } = request.socket
  const reached = localAddress.replace(/^::ffff:/, '')
  const names = new Set(['localhost', '127.0.0.1', '[::1]', bracketed(listenHost), bracketed(reached)])
  return [...names].flatMap((name) => (localPort === 80 ? [`${name}:80`, name] : [`${name}:${localPort}`]))
}

/** An IPv6 address as a URL writes it. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host.toLowerCase()
}

function shown(header: string | undefined): string {
  return header === undefined ? '(none)' : `"${header.slice(0, 100)}"`
}
