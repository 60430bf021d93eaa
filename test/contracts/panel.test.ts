import { execFileSync } from 'node:child_process'
import { get } from 'node:http'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Scene } from '../../src/domain/scene.ts'
import { openBrowserPanel } from '../../src/panels/browser/browser-panel.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakePanel } from '../fakes/fake-panel.ts'
import { panelContract } from './panel.ts'

t.test('the fake panel', async (t) =>
  panelContract(t, async () => {
    const clock = new FakeClock()
    const panel = new FakePanel(clock)
    return { panel, clock, press: async (key) => panel.press(key), see: async () => panel.scene }
  }),
)

t.test('the browser panel, over HTTP', async (t) => {
  const folder = t.testdir()
  const build = fileURLToPath(new URL('../../src/build.mjs', import.meta.url))
  execFileSync(process.execPath, [build, '--web-only', '--out', folder])
  panelContract(t, async (t) => {
    const clock = new FakeClock()
    const listen = { host: '127.0.0.1', port: 0 }
    const panel = await openBrowserPanel({ listen, clock, log: new FakeLog(), webRoot: `${folder}/web` })
    t.teardown(() => panel[Symbol.asyncDispose]())
    return {
      panel,
      clock,
      async press(key) {
        const url = new URL('panel/press', panel.address)
        const { status } = await fetch(url, { method: 'POST', body: JSON.stringify({ key }) })
        if (status !== 204) throw new Error(`${key}: ${status}`)
      },
      see: () => firstScene(new URL('panel/events', panel.address)),
    }
  })
})

/** What a page sees first that is opened now. */
function firstScene(url: URL): Promise<Scene> {
  return new Promise((resolve, reject) => {
    let text = ''
    const request = get(url, (response) => {
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        const data = /^data: ?(.*)\n\n/m.exec(text)?.[1]
        if (data === undefined) return
        request.destroy()
        resolve(JSON.parse(data))
      })
    }).on('error', reject)
  })
}
