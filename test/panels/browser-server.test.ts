import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { connect, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { Edge } from '../../src/domain/press-filter.ts'
import { type Scene, scene } from '../../src/domain/scene.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import { keys, languages } from '../../src/domain/words.ts'
import type { PanelRoute } from '../../src/panels/browser/browser-panel.ts'
import { type BrowserPanel, openBrowserPanel } from '../../src/panels/browser/browser-panel.ts'
import { type TryMessage, tryRoutes } from '../../src/panels/browser/try-routes.ts'
import type { Log } from '../../src/ports/log.ts'
import { FakeClock } from '../fakes/fake-clock.ts'

const folder = t.testdir()
const build = fileURLToPath(new URL('../../src/build.mjs', import.meta.url))
execFileSync(process.execPath, [build, '--web-only', '--out', folder])
const webRoot = `${folder}/web`

const idle: Scene = scene({ at: 'idle', language: 'it', service: 'open', visits: 0 }, it2009, {
  askMs: 20_000,
  languages,
})
const closed: Scene = { ...idle, at: 'closed' }

/** A log that remembers its events. */
function logbook(): Log & { events: string[] } {
  const events: string[] = []
  const note = (event: string) => void events.push(event)
  return { events, debug: note, info: note, warn: note, error: note }
}

async function open(t: Pick<Test, 'teardown'>, extra: PanelRoute[] = []) {
  const clock = new FakeClock()
  const log = logbook()
  const listen = { host: '127.0.0.1', port: 0 }
  const panel = await openBrowserPanel({ listen, clock, log, webRoot, extra })
  t.teardown(() => panel[Symbol.asyncDispose]())
  const edges: Edge[] = []
  panel.keys.listen((edge) => edges.push(edge))
  return { panel, clock, log, edges, port: Number(new URL(panel.address).port) }
}

interface Reply {
  status: number
  headers: IncomingMessage['headers']
  body: string
}

/** A request as it is: unlike fetch, nothing is added to it. */
function ask(panel: BrowserPanel, path: string, options: RequestOptions = {}, body?: string): Promise<Reply> {
  const { promise, resolve, reject } = deferred<Reply>()
  const url = new URL(path, panel.address)
  const request = httpRequest(url, { agent: false, timeout: 5000, ...options }, async (response) => {
    let text = ''
    for await (const chunk of response.setEncoding('utf8')) text += chunk
    resolve({ status: response.statusCode!, headers: response.headers, body: text })
  })
  request.on('error', reject)
  request.on('timeout', () => request.destroy(new Error('no answer within 5 s')))
  request.end(body)
  return promise
}

function press(panel: BrowserPanel, body: string, headers: Record<string, string> = {}): Promise<Reply> {
  return ask(panel, '/panel/press', { method: 'POST', headers }, body)
}

/** A viewer of server-sent events. */
class Viewer {
  readonly events: unknown[] = []
  comments = 0
  ended = false
  readonly status: number
  readonly #response: IncomingMessage
  #rest = ''
  #wake = () => {}

  constructor(response: IncomingMessage) {
    this.status = response.statusCode!
    this.#response = response
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => this.#read(chunk))
    response.on('close', () => this.#end())
    response.on('error', () => this.#end())
  }

  static async open(panel: BrowserPanel, path = '/panel/events'): Promise<Viewer> {
    const request = httpRequest(new URL(path, panel.address), { agent: false }).end()
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    return new Viewer(response)
  }

  /** Waits until it is so; at most 5 s. */
  async until(so: (viewer: Viewer) => boolean): Promise<void> {
    const limit = AbortSignal.timeout(5000)
    while (!so(this)) {
      const { promise, resolve, reject } = deferred<void>()
      this.#wake = resolve
      limit.onabort = () => reject(new Error(`still not so after 5 s: ${so}`))
      await promise
    }
  }

  close(): void {
    this.#response.destroy()
  }

  #read(chunk: string): void {
    const blocks = (this.#rest + chunk).split('\n\n')
    this.#rest = blocks.pop()!
    for (const block of blocks) {
      if (block.startsWith('data: ')) this.events.push(JSON.parse(block.slice(6)))
      if (block.startsWith(':')) this.comments += 1
    }
    this.#wake()
  }

  #end(): void {
    this.ended = true
    this.#wake()
  }
}

function deferred<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: Error) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

t.test('a press is both edges of its key, now', async (t) => {
  const { panel, clock, edges } = await open(t)
  for (const key of keys) {
    edges.length = 0
    clock.advance(10)
    const { status, body } = await press(panel, JSON.stringify({ key }))
    t.match({ status, body }, { status: 204, body: '' }, key)
    const at = clock.now().mono
    t.strictSame(edges, [
      { key, edge: 'down', at },
      { key, edge: 'up', at },
    ])
  }
})

t.test('what is no press is refused, in a sentence', async (t) => {
  const { panel, edges } = await open(t)
  const bad: [body: string, says: RegExp][] = [
    ['', /not JSON/],
    ['{"key":', /not JSON/],
    ['null', /no "key"/],
    ['[]', /no "key"/],
    ['"satisfied"', /no "key"/],
    ['{"key": 1}', /no "key"/],
    ['{"key": "happy"}', /no key "happy"; allowed are satisfied, /],
    ['{"key": "constructor"}', /no key "constructor"/],
  ]
  for (const [body, says] of bad) {
    const reply = await press(panel, body)
    t.equal(reply.status, 400, body)
    t.match(reply.body, says)
    t.match(reply.headers['content-type'], /^text\/plain/)
  }
  const long = `{"key": "satisfied"${' '.repeat(1100)}}`
  t.match(await press(panel, long), { status: 413, body: /1120 bytes; allowed are 1024/ })
  const chunked = await press(panel, long, { 'transfer-encoding': 'chunked' })
  t.match(chunked, { status: 413, body: /more than 1024 bytes/ })
  const full = `{"key": "satisfied"${' '.repeat(1024 - 20)}}`
  t.equal(full.length, 1024)
  t.strictSame(edges, [])
  t.equal((await press(panel, full)).status, 204, 'one KiB is allowed')
})

t.test('wrong methods and paths', async (t) => {
  const { panel } = await open(t)
  t.match(await ask(panel, '/panel/press'), { status: 405, headers: { allow: 'POST' } })
  for (const path of ['/', '/panel', '/panel/events', '/assets/panel.js']) {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      t.match(
        await ask(panel, path, { method }),
        { status: 405, headers: { allow: 'GET' } },
        `${method} ${path}`,
      )
    }
  }
  for (const path of [
    '/nothing',
    '/assets/',
    '/assets/../panel.html',
    '/assets/%2e%2e/x',
    '//',
    '/assets/panel.ts',
  ]) {
    t.equal((await ask(panel, '/', { path })).status, 404, path)
  }
})

t.test('strangers are kept out', async (t) => {
  const { panel, port, edges } = await open(t)
  const body = '{"key":"satisfied"}'
  const refused: Record<string, string>[] = [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: `https://127.0.0.1:${port}` },
    { origin: `http://127.0.0.1:${port + 1}` },
    { host: 'evil.example' },
    { host: `evil.example:${port}` },
    { host: '127.0.0.1' },
    { host: `127.0.0.1:${port + 1}` },
    { host: `127.0.0.1.evil.example:${port}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  ]
  for (const headers of refused) {
    const reply = await press(panel, body, headers)
    t.match(reply, { status: 403, body: /allowed|may/ }, JSON.stringify(headers))
  }
  t.strictSame(edges, [], 'none of them pressed')
  const taken: Record<string, string>[] = [
    {},
    { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' },
    { host: `localhost:${port}`, origin: `http://localhost:${port}` },
    { host: `LOCALHOST:${port}` },
    { host: `[::1]:${port}` },
    { 'sec-fetch-site': 'none' },
  ]
  for (const headers of taken) {
    t.equal((await press(panel, body, headers)).status, 204, JSON.stringify(headers))
  }
  const events = await ask(panel, '/panel/events', { headers: { origin: 'http://evil.example' } })
  t.equal(events.status, 403, 'nor may they look')
  const framed = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }
  t.equal((await ask(panel, '/', { headers: framed })).status, 403, 'nor frame it')
  t.equal(
    (await ask(panel, '/', { headers: { ...framed, 'sec-fetch-dest': 'document' } })).status,
    200,
    'but anybody may follow a link',
  )
})

t.test('pages and assets', async (t) => {
  const { panel } = await open(t)
  const page = await ask(panel, '/')
  t.equal(page.status, 200)
  t.match(page.headers, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': /^default-src 'none'; (?!.*unsafe).*frame-ancestors 'self'/,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  })
  t.notMatch(page.body, /<!-- (face|logo)/, 'the faces are drawn in')
  t.equal(page.body.match(/class="face-drawing"/g)?.length, 3)
  t.notMatch(
    page.body,
    /<style|style=|<script>|onclick|https?:\/\/(?!www\.w3\.org)/,
    'nothing inline or from elsewhere',
  )
  t.equal((await ask(panel, '/panel')).body, page.body)
  const assets = [...page.body.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!)
  t.ok(assets.length >= 5)
  const fonts = await ask(panel, '/assets/fonts.css')
  for (const [, path] of fonts.body.matchAll(/url\((\/assets\/[^)]+)\)/g)) assets.push(path!)
  for (const path of assets) {
    const { status, headers } = await ask(panel, path)
    t.equal(status, 200, path)
    t.equal(headers['cache-control'], 'no-cache')
    const again = await ask(panel, path, { headers: { 'if-none-match': headers.etag } })
    t.match(again, { status: 304, body: '' }, 'unchanged')
  }
  for (const webRoot of [`${folder}/nowhere`, t.testdir({ 'panel.html': 'half a build' })])
    await t.rejects(
      openBrowserPanel({
        listen: { host: '127.0.0.1', port: 0 },
        clock: new FakeClock(),
        log: logbook(),
        webRoot,
      }),
      { name: 'AssetsError' },
    )
})

t.test('viewers get the present scene first, and each new one once', async (t) => {
  const { panel, clock } = await open(t)
  const early = await Viewer.open(panel)
  t.strictSame(early.events, [], 'nothing is shown before there is something')
  panel.lights.show(idle.lights, idle)
  panel.display.show(idle)
  panel.display.show({ ...idle })
  await early.until(({ events }) => events.length === 1)
  const late = await Viewer.open(panel)
  await late.until(({ events }) => events.length === 1)
  t.strictSame(late.events, [{ ...idle, now: clock.now().mono }], 'the scene as it is, and the time')
  clock.advance(500)
  panel.lights.show(closed.lights, closed)
  panel.display.show(closed)
  for (const viewer of [early, late]) {
    await viewer.until(({ events }) => events.length >= 2)
    t.strictSame(viewer.events.slice(1), [{ ...closed, now: clock.now().mono }])
  }
  const lights = { ...closed.lights, neutral: 'pressed' as const }
  panel.lights.show(lights, closed)
  panel.display.show(closed)
  await Promise.all([early, late].map((viewer) => viewer.until(({ events }) => events.length >= 3)))
  t.match(late.events.at(-1), { lights: { neutral: 'pressed' } }, 'lights can be told apart from their scene')
  t.strictSame([early.events.length, late.events.length], [3, 3])
})

t.test('viewers are kept alive, and bounded', async (t) => {
  const { panel, clock } = await open(t)
  panel.display.show(idle)
  const viewers: Viewer[] = []
  for (let i = 0; i < 16; i += 1) viewers.push(await Viewer.open(panel))
  t.same(new Set(viewers.map(({ status }) => status)), new Set([200]))
  t.match(await ask(panel, '/panel/events'), { status: 503, body: /16 viewers .* 16 are allowed/ })
  clock.advance(15_000)
  await Promise.all(viewers.map((viewer) => viewer.until(({ comments }) => comments === 1)))
  clock.advance(15_000)
  await viewers[0]!.until(({ comments }) => comments === 2)
  viewers[3]!.close()
  let next = await Viewer.open(panel)
  for (let i = 0; i < 1000 && next.status !== 200; i += 1) next = await Viewer.open(panel)
  t.equal(next.status, 200, 'a place becomes free')
  await next.until(({ events }) => events.length === 1)
  for (const viewer of [...viewers, next]) viewer.close()
  for (let i = 0; i < 1000 && clock.waiting > 0; i += 1) {
    clock.advance(15_000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.equal(clock.waiting, 0, 'nobody there: no heartbeat')
})

t.test('a viewer that does not read is dropped', async (t) => {
  const { panel, log } = await open(t)
  const socket = connect(Number(new URL(panel.address).port), '127.0.0.1')
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  socket.write(`GET /panel/events HTTP/1.1\r\nhost: ${new URL(panel.address).host}\r\n\r\n`)
  await once(socket, 'readable')
  const big = 'x'.repeat(100_000)
  let sent = 0
  while (!log.events.includes('slow viewer dropped') && sent < 1000) {
    sent += 1
    panel.display.show({ ...idle, screen: { ...idle.screen, title: `${big}${sent}` } })
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.ok(log.events.includes('slow viewer dropped'), `after ${sent} scenes of 100 kB`)
  t.match(panel.display.condition(), { is: 'good' })
  t.equal((await press(panel, '{"key":"neutral"}')).status, 204, 'nobody else notices')
})

t.test('dispose ends the streams and lets the port go', async (t) => {
  const { panel, port, clock } = await open(t)
  panel.display.show(idle)
  t.strictSame(panel.keys.condition(), { is: 'good' })
  const viewer = await Viewer.open(panel)
  // Somebody who has begun a request and never ends it is given up after the time limit.
  const dawdler = connect(port, '127.0.0.1')
  dawdler.on('error', () => {})
  await once(dawdler, 'connect')
  dawdler.write('POST /panel/press HTTP/1.1\r\n')
  await press(panel, '{"key":"neutral"}')
  const first = panel[Symbol.asyncDispose]()
  const second = panel.keys[Symbol.asyncDispose]()
  await viewer.until(({ ended }) => ended)
  clock.advance(2000)
  await Promise.all([first, second, panel[Symbol.asyncDispose]()])
  t.equal(clock.waiting, 0, 'no alarm is left')
  t.match(panel.lights.condition(), { is: 'broken' })
  panel.display.show(closed)
  const again = createServer().listen(port, '127.0.0.1')
  await once(again, 'listening')
  again.close()
})

t.test('an address that cannot be had', async (t) => {
  const { port } = await open(t)
  const at = (host: string, port: number) =>
    openBrowserPanel({ listen: { host, port }, clock: new FakeClock(), log: logbook(), webRoot })
  await t.rejects(at('127.0.0.1', port), {
    name: 'ListenError',
    code: 'EADDRINUSE',
    message: new RegExp(`127\\.0\\.0\\.1:${port} \\(EADDRINUSE\\): another program.*browser\\.listen`),
    cause: Error,
  })
  await t.rejects(at('192.0.2.1', 0), { code: 'EADDRNOTAVAIL', message: /no address 192\.0\.2\.1/ })
})

t.test('what faccina try adds', async (t) => {
  const info = {
    broker: 'mqtt://127.0.0.1:1883',
    subscribe: "mosquitto_sub -v -t 'faccina/1/#'",
    journal: '/j',
  }
  let tell: (message: TryMessage) => void = () => {}
  const extra = tryRoutes({
    info,
    subscribe: (listener) => {
      tell = listener
    },
  })
  const { panel } = await open(t, extra)
  t.match((await ask(panel, '/')).body, /<iframe src="\/panel"/)
  t.match((await ask(panel, '/panel')).body, /class="panel"/)
  t.strictSame(JSON.parse((await ask(panel, '/try/info')).body), info)
  const message = (n: number): TryMessage => ({
    topic: 'faccina/1/demo/front/1/vote',
    payload: { n },
    retained: false,
    receivedAt: '2026-05-04T09:10:00.123Z',
  })
  for (let n = 1; n <= 250; n += 1) tell(message(n))
  const viewer = await Viewer.open(panel, '/try/events')
  await viewer.until(({ events }) => events.length === 200)
  t.strictSame([viewer.events[0], viewer.events[199]], [message(51), message(250)], 'the latest 200')
  tell(message(251))
  await viewer.until(({ events }) => events.length === 201)
  t.strictSame(viewer.events[200], message(251))
  viewer.close()
})
