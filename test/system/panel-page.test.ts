import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { scene } from '../../src/domain/scene.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import type { VisitRules } from '../../src/domain/visit.ts'
import { type Key, type Language, languages } from '../../src/domain/words.ts'
import { type TryMessage, tryRoutes } from '../../src/panels/browser/try-routes.ts'
import { launchChromium } from './chromium.ts'
import { axeFinds, barShare, misplaced, stillness } from './page-checks.ts'
import { buildPages, type Kiosk, openKiosk, rules } from './panel-harness.ts'

/**
 * The panel's page in a real browser, around the real visit. With `FACCINA_SHOTS=DIR` it leaves a picture
 * of each state, size and language there.
 */

const sizes = {
  '800x480': { width: 800, height: 480 },
  '1280x800': { width: 1280, height: 800 },
  '390x844': { width: 390, height: 844 },
  '844x390': { width: 844, height: 390 },
}
const shots = process.env.FACCINA_SHOTS
if (shots) mkdirSync(shots, { recursive: true })

const webRoot = buildPages(t.testdir())
const browser = await launchChromium()
t.teardown(() => browser.close())
t.setTimeout(240_000)

interface Setting {
  kiosk: Kiosk
  page: Page
  /** What went wrong in the page. */
  errors: string[]
}

async function open(t: Pick<Test, 'teardown'>, own: Partial<VisitRules> = {}): Promise<Setting> {
  const kiosk = await openKiosk({ webRoot, rules: { ...rules, ...own } })
  const context = await browser.newContext({ viewport: sizes['800x480'], hasTouch: true })
  const page = await context.newPage()
  page.setDefaultTimeout(5000)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  t.teardown(async () => {
    await context.close()
    await kiosk[Symbol.asyncDispose]()
  })
  await page.goto(kiosk.panel.address)
  await at(page, 'idle')
  return { kiosk, page, errors }
}

/** Waits until the page shows this state. */
async function at(page: Page, state: string): Promise<void> {
  await page.locator(`.panel[data-at="${state}"]`).waitFor({ timeout: 8000 })
}

const button = (page: Page, key: Key) => page.locator(`[data-key="${key}"]`)
const title = (page: Page) => page.locator('.title').textContent()

t.test('a press, and thanks that tell nothing', async (t) => {
  const { kiosk, page, errors } = await open(t, { lockoutMs: 700, thanksMs: 500 })
  t.equal(await title(page), it2009.texts.it.question)
  t.equal(await page.locator('html').getAttribute('lang'), 'it')
  await button(page, 'satisfied').tap()
  await at(page, 'thanking')
  t.equal(await title(page), it2009.texts.it.thanks)
  const lights = await page
    .locator('.face')
    .evaluateAll((all) => all.map((face) => face.getAttribute('data-light')))
  t.strictSame(lights, ['thanks', 'thanks', 'thanks'])
  t.equal(
    await page.locator('[role=status]').textContent(),
    `${it2009.texts.it.thanks} ${it2009.texts.it.recorded}`,
  )
  await at(page, 'idle')
  t.match(kiosk.effects, [{ do: 'record', face: 'satisfied' }, { do: 'settle' }])
  t.strictSame(errors, [])
})

t.test('the light answers before the terminal does, and a touch counts once', async (t) => {
  const { kiosk, page } = await open(t)
  await page.route('**/panel/press', (route) => route.fulfill({ status: 204 }))
  const box = (await button(page, 'neutral').boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  t.equal(await button(page, 'neutral').getAttribute('data-light'), 'pressed', 'on the way down already')
  t.equal(await button(page, 'satisfied').getAttribute('data-light'), 'resting')
  await page.mouse.up()
  t.strictSame(kiosk.effects, [])
  await page.locator('[data-key="neutral"][data-light="ready"]').waitFor()
  t.pass('a press that nothing answers is taken back')
  await page.unroute('**/panel/press')
  kiosk.journal = 'still'
  await button(page, 'neutral').click()
  await at(page, 'recording')
  t.match(
    kiosk.visit,
    { at: 'recording', draft: { face: 'neutral', suppressed: 0 } },
    'no second press of its click',
  )
})

t.test('two fingers at once are both told', async (t) => {
  const { kiosk, page } = await open(t)
  kiosk.journal = 'still'
  await page.evaluate(() => {
    for (const [i, key] of ['satisfied', 'dissatisfied'].entries()) {
      const init = { bubbles: true, button: 0, pointerId: i + 2, isPrimary: i === 0, pointerType: 'touch' }
      document.querySelector(`[data-key="${key}"]`)!.dispatchEvent(new PointerEvent('pointerdown', init))
    }
  })
  await until(() => kiosk.visit.at === 'recording' && kiosk.visit.draft.suppressed === 1)
  t.match(kiosk.visit, { draft: { suppressed: 1 } }, 'what they mean is for the visit to say')
})

t.test('the question: asked, chosen, skipped, corrected, timed out', async (t) => {
  const { kiosk, page, errors } = await open(t, {
    lockoutMs: 600,
    thanksMs: 400,
    askMs: 3000,
    askLimitMs: 9000,
  })
  await button(page, 'dissatisfied').tap()
  await at(page, 'asking')
  t.equal(await title(page), it2009.texts.it.why)
  t.ok(await button(page, 'reason-2').isDisabled(), 'a second tap of the same finger lands on nothing')
  const early = await barShare(page)
  t.ok(early > 0.6 && early <= 1, `the bar begins full: ${early}`)
  await button(page, 'reason-2').tap()
  await at(page, 'thanking')
  t.match(kiosk.effects[1], { do: 'amend', change: { reason: 'staff-behaviour', outcome: 'selected' } })
  await at(page, 'idle')

  await button(page, 'dissatisfied').tap()
  await button(page, 'skip').tap()
  await at(page, 'thanking')
  t.match(kiosk.effects.at(-1), { do: 'amend', change: { outcome: 'skipped' } })
  await at(page, 'idle')

  await button(page, 'dissatisfied').tap()
  await at(page, 'asking')
  await page.waitForTimeout(100)
  await button(page, 'satisfied').tap()
  await at(page, 'thanking')
  t.match(kiosk.effects.at(-1), { do: 'amend', change: { face: 'satisfied', corrected: true } })
  await at(page, 'idle')

  await button(page, 'dissatisfied').tap()
  await at(page, 'asking')
  await at(page, 'thanking')
  t.match(kiosk.effects.at(-1), { do: 'amend', change: { outcome: 'timed-out' } })
  await at(page, 'idle')
  t.strictSame(errors, [])
})

t.test('the language that was touched', async (t) => {
  const { kiosk, page } = await open(t)
  const seen: (string | undefined)[] = []
  await page.exposeFunction('saw', (lang: string) => seen.push(lang))
  await page.evaluate(() => {
    const watch = () => (window as unknown as { saw(lang: string): void }).saw(document.documentElement.lang)
    new MutationObserver(watch).observe(document.documentElement, { attributeFilter: ['lang'] })
  })
  const choose = (language: Language) => page.locator(`[data-language="${language}"]`)
  await choose('fr').tap()
  await page.locator('html[lang="fr"]').waitFor()
  t.equal(await title(page), it2009.texts.fr.question)
  t.equal(await choose('fr').getAttribute('aria-pressed'), 'true')
  t.equal(kiosk.visit.language, 'fr')
  await choose('it').tap()
  await page.locator('html[lang="it"]').waitFor()
  t.strictSame(seen, ['fr', 'it'], 'none of those in between is shown')
  await button(page, 'dissatisfied').tap()
  await at(page, 'asking')
  await choose('sl').tap()
  await page.locator('html[lang="sl"]').waitFor()
  t.equal(await button(page, 'reason-1').textContent(), it2009.texts.sl.reasons['waiting-time'])
  kiosk.reset({ ...rules, languages: ['it'] })
  await at(page, 'idle')
  t.notOk(await page.locator('.languages').isVisible(), 'one language is no choice')
})

t.test('by keyboard alone', async (t) => {
  const { kiosk, page } = await open(t, { lockoutMs: 600, thanksMs: 400 })
  const focused = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset.key)
  await page.keyboard.press('3')
  await at(page, 'asking')
  await page.keyboard.press('3')
  t.equal(kiosk.visit.at, 'asking', 'the same key pressed twice is no reason')
  await page.locator('[data-key="reason-1"]:focus').waitFor()
  await page.keyboard.press('ArrowRight')
  t.equal(await focused(), 'reason-2')
  await page.keyboard.press('4')
  await at(page, 'thanking')
  t.match(kiosk.effects[1], { do: 'amend', change: { reason: 'negative-outcome' } })
  await at(page, 'idle')
  await page.locator('.faces :focus').waitFor()
  await page.keyboard.press('l')
  await page.locator('html[lang="de"]').waitFor()
  await button(page, 'neutral').focus()
  await page.keyboard.press('Enter')
  await at(page, 'thanking')
  t.match(kiosk.effects.at(-1), { do: 'record', face: 'neutral' })
  await at(page, 'idle')
  await page.keyboard.press('3')
  await button(page, 'skip').and(page.locator(':enabled')).waitFor()
  await page.keyboard.press('Escape')
  await at(page, 'thanking')
  t.match(kiosk.effects.at(-1), { do: 'amend', change: { outcome: 'skipped' } })
})

t.test('closed, and out of service', async (t) => {
  const { kiosk, page } = await open(t)
  kiosk.reset(rules, 'closed')
  await at(page, 'closed')
  t.equal(await title(page), it2009.texts.it.closed)
  t.ok(await button(page, 'satisfied').isDisabled())
  kiosk.reset(rules, 'fault')
  await at(page, 'fault')
  t.equal(await title(page), it2009.texts.it.outOfService)
  kiosk.reset(rules)
  kiosk.journal = 'failing'
  await at(page, 'idle')
  await button(page, 'satisfied').tap()
  await at(page, 'fault')
  t.equal(await page.locator('.hint').textContent(), it2009.texts.it.notRecordedHint)
})

t.test('the terminal that is looked for shows itself, and works on', async (t) => {
  const { kiosk, page } = await open(t)
  const frame = () =>
    page.locator('.panel').evaluate((panel) => getComputedStyle(panel, '::after').borderTopWidth)
  const now = scene(kiosk.visit, it2009, kiosk.rules)
  kiosk.panel.display.show({ ...now, identify: true })
  await page.locator('.panel[data-identify]').waitFor()
  t.ok(Number.parseFloat(await frame()) >= 8)
  await button(page, 'satisfied').tap()
  await at(page, 'thanking')
  t.notOk(await page.locator('.panel[data-identify]').isVisible())
})

t.test('the page of faccina try', async (t) => {
  let tell: (message: TryMessage) => void = () => {}
  const info = {
    broker: 'mqtt://127.0.0.1:1883',
    subscribe: "mosquitto_sub -v -t 'faccina/1/#'",
    journal: '/tmp/j',
  }
  const subscribe = (listener: typeof tell) => {
    tell = listener
  }
  const kiosk = await openKiosk({ webRoot, extra: tryRoutes({ info, subscribe }) })
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  t.teardown(async () => {
    await page.close()
    await kiosk[Symbol.asyncDispose]()
  })
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  await page.goto(kiosk.panel.address)
  await page.locator('.link[data-state="live"]').waitFor()
  const say = (kind: string, payload: unknown) =>
    tell({
      topic: `faccina/1/demo/front/1/${kind}`,
      payload,
      retained: kind !== 'vote',
      receivedAt: '2026-05-04T09:10:00Z',
    })
  const vote = {
    epoch: 'k3f9x2',
    sequence: 1,
    face: 'satisfied',
    outcome: 'not-asked',
    suppressed: 0,
    corrected: false,
  }
  say('state', { state: 'online' })
  say('vote', { id: 'k3f9x2-1', data: vote })
  say('totals', { epoch: 'k3f9x2', sequence: 1, votes: 1 })
  say('vote', {
    id: 'k3f9x2-2',
    data: {
      ...vote,
      sequence: 2,
      face: 'dissatisfied',
      outcome: 'selected',
      reason: 'must-return',
      suppressed: 2,
    },
  })
  await page.locator('.proof[data-complete="not-yet"]').waitFor()
  t.equal(await page.locator('.proof').textContent(), '2 received, 1 in totals …')
  say('vote', {
    id: 'k3f9x2-2',
    data: {
      ...vote,
      sequence: 2,
      face: 'dissatisfied',
      outcome: 'selected',
      reason: 'must-return',
      suppressed: 2,
    },
  })
  say('totals', { epoch: 'k3f9x2', sequence: 2, votes: 2 })
  await page.locator('.proof[data-complete="yes"]').waitFor()
  t.equal(await page.locator('.proof').textContent(), '2 received = 2 in totals ✓', 'a duplicate counts once')
  t.strictSame(await page.locator('.tally b').allTextContents(), ['1', '0', '1'])
  t.equal(
    await page.locator('.message .detail').nth(1).textContent(),
    'received again · must return · 2 suppressed',
  )
  await page.locator('.vote summary').first().click()
  t.match(await page.locator('.vote pre').first().textContent(), /"reason": "must-return"/)
  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await page.keyboard.press('3')
  await until(() => kiosk.visit.at === 'asking')
  t.equal(kiosk.visit.at, 'asking', 'keys reach the panel from outside')
  const frame = page.frameLocator('iframe')
  await frame.locator('[data-key="reason-3"]').click()
  await until(() => kiosk.visit.at === 'thanking')
  t.match(kiosk.effects.at(-1), { change: { reason: 'must-return' } })
  for (const [name, viewport] of Object.entries({ '1440x900': { width: 1440, height: 900 }, ...sizes })) {
    await page.setViewportSize(viewport)
    t.ok(
      await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      `${name}: no sideways scrolling`,
    )
    await stillness(page)
    if (shots) await page.screenshot({ path: `${shots}/try-${name}.png`, fullPage: viewport.width < 1000 })
    t.strictSame(await axeFinds(page), [], `${name}: axe finds nothing`)
  }
  t.strictSame(errors, [])
})

t.test('the terminal is gone, and comes back', async (t) => {
  const { kiosk, page } = await open(t)
  await page.locator('[data-language="de"]').tap()
  await page.locator('html[lang="de"]').waitFor()
  const { port } = new URL(kiosk.panel.address)
  const stopped = Date.now()
  await kiosk[Symbol.asyncDispose]()
  await at(page, 'lost')
  const after = Date.now() - stopped
  t.ok(after > 2900 && after < 5000, `told after ${after} ms`)
  t.equal(await title(page), it2009.texts.de.outOfService, 'in the language that was shown')
  for (const face of await page.locator('.face').all()) t.ok(await face.isDisabled())
  await checkPage(t, page, 'lost', true)
  const again = await openKiosk({ webRoot, port: Number(port) })
  t.teardown(() => again[Symbol.asyncDispose]())
  await at(page, 'idle')
  await button(page, 'neutral').tap()
  await at(page, 'thanking')
  t.match(again.effects[0], { do: 'record', face: 'neutral' }, 'and takes votes again')
})

t.test('each state in each size and language: nothing cut, nothing axe finds', async (t) => {
  const { kiosk, page, errors } = await open(t)
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport)
    for (const first of languages) {
      const others = languages.filter((language) => language !== first)
      for (const [state, show] of Object.entries(states)) {
        show(kiosk, { ...rules, languages: [first, ...others] })
        await at(page, kiosk.visit.at)
        await page.locator(`html[lang="${first}"]`).waitFor()
        await stillness(page)
        // The languages differ in their letters only: axe sees them all in one size.
        await checkPage(t, page, `${size}-${first}-${state}`, first === 'it' || size === '800x480')
      }
    }
  }
  t.strictSame(errors, [])
})

const states: Record<string, (kiosk: Kiosk, rules: VisitRules) => void> = {
  idle: (kiosk, rules) => kiosk.reset(rules),
  recording(kiosk, rules) {
    kiosk.reset(rules)
    kiosk.journal = 'still'
    kiosk.tell({ on: 'press', key: 'neutral' })
  },
  thanking(kiosk, rules) {
    kiosk.reset({ ...rules, lockoutMs: 60_000 })
    kiosk.journal = 'still'
    kiosk.tell({ on: 'press', key: 'satisfied' })
    kiosk.tell({ on: 'recorded', visit: 1 })
  },
  asking(kiosk, rules) {
    kiosk.reset(rules)
    kiosk.journal = 'still'
    kiosk.tell({ on: 'press', key: 'dissatisfied' })
    kiosk.tell({ on: 'recorded', visit: 1 })
  },
  answered(kiosk) {
    kiosk.tell({ on: 'press', key: 'reason-2' })
  },
  /** Beside three buttons: the page is only looked at. */
  steered(kiosk, rules) {
    kiosk.reset({ ...rules, steered: true })
    kiosk.tell({ on: 'press', key: 'dissatisfied' })
    kiosk.tell({ on: 'recorded', visit: 1 })
    kiosk.tell({ on: 'press', key: 'dissatisfied' })
  },
  closed: (kiosk, rules) => kiosk.reset(rules, 'closed'),
  'out-of-service': (kiosk, rules) => kiosk.reset(rules, 'fault'),
  'not-recorded'(kiosk, rules) {
    kiosk.reset({ ...rules, faultMs: 60_000 })
    kiosk.journal = 'still'
    kiosk.tell({ on: 'press', key: 'satisfied' })
    kiosk.tell({ on: 'refused', visit: 1 })
  },
}

/** Everything inside the page and of a size for fingers, nothing on top of anything; and what axe says. */
async function checkPage(
  t: Pick<Test, 'strictSame'>,
  page: Page,
  name: string,
  withAxe: boolean,
): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` })
  t.strictSame(await page.evaluate(misplaced), [], `${name}: everything in its place`)
  if (withAxe) t.strictSame(await axeFinds(page), [], `${name}: axe finds nothing`)
}

/** Waits until it is so; at most 5 s. */
async function until(so: () => boolean): Promise<void> {
  const end = Date.now() + 5000
  while (!so() && Date.now() < end) await new Promise((resolve) => setImmediate(resolve))
}
