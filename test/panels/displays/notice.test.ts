import { readFile, writeFile } from 'node:fs/promises'
import t from 'tap'
import type { Scene } from '../../../src/domain/scene.ts'
import { lcdPicture } from '../../../src/panels/displays/lcd/lcd-picture.ts'
import { nextionPicture } from '../../../src/panels/displays/nextion/picture.ts'
import { oledPicture } from '../../../src/panels/displays/oled/oled-picture.ts'
import { pageMs } from '../../../src/panels/displays/screen.ts'
import type { Problem } from '../../../src/settings/index.ts'
import { problemScene } from '../../../src/terminal/refusal.ts'
import { blocks } from '../../fakes/i2c-chips.ts'

/** What is wrong with the settings, on the smallest displays there are: pages in turn, fixtures to be looked at. */
const problem: Problem = {
  file: '/boot/firmware/faccina.yaml',
  line: 6,
  column: 3,
  key: 'broker.url',
  found: '"http://broker.comune.example"',
  allowed: 'mqtts://host:port or mqtt://host:port',
  hint: 'The terminal speaks MQTT over TCP or TLS only.',
}
const scene = problemScene([problem, problem])

/** Each page once, in their order. */
function pages(draw: (scene: Scene, now: number) => string): string[] {
  const all = Array.from({ length: 40 }, (_, n) => draw(scene, n * pageMs))
  return all.slice(0, Math.max(1, all.indexOf(all[0]!, 1) < 0 ? all.length : all.indexOf(all[0]!, 1)))
}

for (const [file, draw] of Object.entries({
  'notice-oled-64': (scene: Scene, now: number) => {
    const picture = oledPicture(scene, now, { width: 128, height: 64 }, 0)
    return blocks(128, 64, (x, y) => picture.get(x, y))
  },
  'notice-lcd-16x2': (scene: Scene, now: number) =>
    lcdPicture(scene, now, { columns: 16, rows: 2 }, 0)
      .map((row) => `|${row}|`)
      .join('\n'),
  'notice-nextion': (scene: Scene, now: number) => {
    const { title, hint } = nextionPicture(scene, now, 0).texts
    return `${title}\n${hint}`
  },
}))
  t.test(file, async (t) => {
    const shown = pages(draw)
    t.ok(shown.length < 15, `${shown.length} pages, in ${(shown.length * pageMs) / 1000} s`)
    const text = shown.map((page, n) => `== page ${n + 1}\n${page}\n`).join('')
    const url = new URL(`../../fixtures/screens/${file}.txt`, import.meta.url)
    if (process.env.FACCINA_WRITE) await writeFile(url, text)
    t.equal(text, await readFile(url, 'utf8'))
    if (file.includes('oled')) return
    const letters = text.replace(/== page \d+|[|\s-]/g, '')
    const wanted =
      'line6broker.url:found"http://broker.comune.example".Allowed:mqtts://host:portormqtt://host:port.'
    t.ok(letters.includes(wanted) || letters.replaceAll('faccina.yaml,line6', '').includes(wanted.slice(5)))
    t.match(letters, /only\.And1more\./)
  })
