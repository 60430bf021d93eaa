import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import t from 'tap'
import { freePort } from '../contracts/free-port.ts'
import { Child } from './children.ts'
import { launchChromium } from './chromium.ts'
import { axeFinds } from './page-checks.ts'
import { program } from './terminal-child.ts'

/** What a newcomer does: `npm start`, a browser, `mosquitto_sub`. With `FACCINA_SHOTS=DIR` it leaves pictures. */

const shots = process.env.FACCINA_SHOTS
if (shots) mkdirSync(shots, { recursive: true })

t.test('a press in Chromium shows in the page’s stream, and mosquitto_sub prints the event', async (t) => {
  const [port, brokerPort] = [await freePort(), await freePort()]
  await using faccina = new Child(process.execPath, [
    program,
    'try',
    '--port',
    String(port),
    '--broker-port',
    String(brokerPort),
  ])
  const [, address = ''] = await faccina.said(/Panel\s+(\S+)/)
  const [, command = ''] = await faccina.said(/(mosquitto_sub .*)/)
  t.equal(address, `http://127.0.0.1:${port}/`)
  await using sub = new Child('sh', ['-c', `exec ${command}`])
  await sub.said(/"online"/)
  await using browser = await launchChromium()
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())))
  await page.goto(address)
  const panel = page.frameLocator('iframe')
  await panel.locator('.panel[data-at=idle]').waitFor()
  await panel.locator('.face[data-key=satisfied]').click()
  await panel.locator('.panel[data-at=thanking]').waitFor()
  await page.locator('.message.vote').first().waitFor()
  t.match(await page.locator('.message.vote').first().textContent(), /satisfied[\s\S]*#1/)
  const [, topic, json = ''] = await sub.said(/^(\S+\/vote) (\{.*\})$/m)
  t.equal(topic, 'faccina/1/c_e506/anagrafe/1/vote')
  t.match(JSON.parse(json), {
    specversion: '1.0',
    type: 'faccina.vote.v1',
    data: { face: 'satisfied', sequence: 1 },
  })

  await panel.locator('.panel[data-at=idle]').waitFor()
  await panel.locator('.face[data-key=dissatisfied]').click()
  await panel.locator('.panel[data-at=asking]').waitFor()
  if (shots) await page.screenshot({ path: `${shots}/try-asking.png` })
  const reason = panel.locator('.reason[data-key=reason-1]')
  await reason.waitFor()
  // A finger that is still on the screen must not choose: the page ignores the first moment.
  await page.waitForTimeout(600)
  await reason.click()
  await panel.locator('.panel[data-at=thanking]').waitFor()
  await page.locator('.message.vote').nth(1).waitFor()
  t.match(
    await page.locator('.message.vote').first().textContent(),
    /dissatisfied[\s\S]*waiting time[\s\S]*#2/,
  )
  await page.getByText('2 received = 2 in totals').waitFor()
  await panel.locator('.panel[data-at=idle]').waitFor()
  await page.locator('.message.vote summary').first().click()
  if (shots) await page.screenshot({ path: `${shots}/try.png` })
  t.same(await axeFinds(page), [])
  t.same(errors, [])
  t.equal(await faccina.kill('SIGINT'), 0, 'Ctrl-C ends it with code 0')
})

t.test('taken ports are not in the way of a newcomer, and named to who wished for one', async (t) => {
  await using first = new Child(process.execPath, [program, 'try'])
  await first.said(/Panel\s+(\S+)/)
  await using second = new Child(process.execPath, [program, 'try'])
  const [, address = ''] = await second.said(/Panel\s+(\S+)/)
  t.match(address, /^http:\/\/127\.0\.0\.1:\d+\/$/)
  const { port } = new URL(address)
  await using third = new Child(process.execPath, [program, 'try', '--port', port])
  await third.said(new RegExp(`127\\.0\\.0\\.1:${port}.*listens|${port}`))
  // It ends by itself, a moment after it has said why.
  if (third.process.exitCode === null) await once(third.process, 'exit')
  t.equal(third.process.exitCode, 1)
})
