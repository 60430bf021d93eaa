import t from 'tap'
import { panelPartOf } from '../../src/settings/panel-part.ts'
import { smallest } from './files.ts'

t.test('of a file that is wrong elsewhere the panel is taken as it stands there', async (t) => {
  const wrong = `${smallest.replace('anagrafe', 'ana grafe')}broker: {url: http://b}\nkeepDays: 3\n`
  const settings = panelPartOf(
    `${wrong}panel: arcade-linux\nparts: {display: nextion}\nbrowser: {listen: 0.0.0.0:80}\n`,
  )
  t.equal(settings.panel, 'arcade-linux')
  t.match(settings.parts, { display: 'nextion' })
  t.same(settings.browser.listen, { host: '0.0.0.0', port: 80 })
  t.equal(settings.broker.url, undefined, 'and nothing else')
  t.equal(settings.terminal.office, '-')
})

t.test('a panel that is wrong itself is left out, then the address, too', async (t) => {
  const listen = 'browser: {listen: 127.0.0.1:81}\n'
  t.match(panelPartOf(`${smallest}panel: 7\n${listen}`), {
    panel: undefined,
    browser: { listen: { port: 81 } },
  })
  t.match(panelPartOf(`${smallest}panel: 7\nbrowser: 81\n`), {
    panel: undefined,
    browser: { listen: { host: '127.0.0.1', port: 8080 } },
  })
})

t.test('what nobody can read has the defaults', async (t) => {
  for (const text of ['', 'panel: "arcade', '- a list\n', '\u0000'])
    t.same(panelPartOf(text), panelPartOf(smallest), JSON.stringify(text))
})
