import { join } from 'node:path'
import mqtt from 'mqtt'
import t from 'tap'
import { iso } from '../../src/domain/time.ts'
import { bytes, someVote, topicOf } from '../fakes/told-votes.ts'
import { health } from '../terminal/health.ts'
import { Child } from './children.ts'
import { launchChromium } from './chromium.ts'
import { folder } from './folder.ts'
import { openMosquitto } from './mosquitto.ts'
import { axeFinds } from './page-checks.ts'
import { program } from './terminal-child.ts'

t.setTimeout(180_000)

/** The live page in a real browser: it shows what comes, as it comes, and what must be looked at. */
t.test('votes, terminals and alerts show on the page without a reload', async (t) => {
  await using broker = await openMosquitto()
  await using collector = new Child(process.execPath, [
    ...[program, 'collect', '--broker', `mqtt://127.0.0.1:${broker.port}`, '--http', '127.0.0.1:0'],
    ...['--database', join(await folder(t), 'votes.db')],
  ])
  const [, address] = await collector.said(/live: (http:\S+)/)
  await collector.said(/connected[\s\S]*connected/)
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, { protocolVersion: 5 })
  t.teardown(() => client.endAsync(true))
  const say = (kind: string, message: unknown, retain = true) =>
    client.publishAsync(topicOf(kind), Buffer.from(bytes(message)), { qos: 1, retain })
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  const problems: string[] = []
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(address!, { waitUntil: 'domcontentloaded' })
  t.match(await page.textContent('#health'), /Nessun terminale si è ancora fatto sentire/)

  const since = iso(Date.now() - 3_600_000)
  await say('state', { state: 'online', version: '1', epoch: 'k3f9x2', boot: 1, since })
  await say('health', {
    at: iso(Date.now()),
    ...health,
    display: { is: 'good' },
    keys: { ...health.keys, stuck: ['neutral'] },
  })
  for (let sequence = 1; sequence <= 60; sequence++) {
    const wall = Date.now() - sequence * 20_000
    const face = sequence % 3 === 0 ? 'satisfied' : 'dissatisfied'
    await say(
      'vote',
      someVote(sequence, { face, time: { clock: 'synchronised', wall }, recordedAt: wall }),
      false,
    )
  }
  await page.waitForFunction(
    () => document.querySelector('#health')?.textContent?.includes('c_e506/anagrafe/3'),
    undefined,
    { timeout: 30_000 },
  )
  await page.waitForFunction(
    () => /60\s+voti/.test(document.querySelector('main')?.textContent ?? ''),
    undefined,
    { timeout: 30_000 },
  )
  t.match(await page.textContent('#health'), /tasto bloccato/)
  await page.waitForFunction(
    () => /40 voti insoddisfatti su 6\d/.test(document.querySelector('#alerts')?.textContent ?? ''),
    undefined,
    { timeout: 30_000 },
  )
  t.match(await page.textContent('#alerts'), /tasto bloccato: giallo/)
  t.strictSame(await axeFinds(page), [], 'axe-core finds nothing')
  for (const width of [360, 768, 1280]) {
    await page.setViewportSize({ width, height: 900 })
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    t.ok(over <= 0, `${width} px: nothing to the right`)
  }
  await page.click('text=Oggi')
  await page.waitForSelector('nav a[aria-current="page"]:has-text("Oggi")')
  t.strictSame(problems, [], 'the policy of the page lets through all that it needs')
  t.strictSame(
    requests.filter((url) => !url.startsWith(address!)),
    [],
    'nothing from elsewhere',
  )
  if (process.env.FACCINA_SHOTS)
    await page.screenshot({ path: join(process.env.FACCINA_SHOTS, 'live.png'), fullPage: true })
  t.equal(await collector.kill('SIGTERM'), 0)
})
