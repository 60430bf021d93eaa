import t from 'tap'
import { maskedSettings, parseSettings, type Settings } from '../../src/settings/index.ts'
import { secret, smallest } from './files.ts'

function settingsOf(text: string): Settings {
  const parsed = parseSettings(smallest + text, 'f')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.settings
}

t.test('what is shown to others says all but the secrets', async (t) => {
  const settings = settingsOf(`broker: {url: "mqtts://b", username: me, password: "${secret}"}\n`)
  const shown = maskedSettings(settings) as Settings
  t.equal(shown.broker.password, '…secret…')
  t.same(shown, { ...settings, broker: { ...settings.broker, password: '…secret…' } })
  t.equal(settings.broker.password, secret, 'those in use stay as they are')
  t.same(maskedSettings(settingsOf('')), settingsOf(''), 'where there is no secret nothing is put')
})

t.test('what somebody has put into the address goes, too', async (t) => {
  const settings = settingsOf('broker: {url: "mqtts://b:8883"}\n')
  const odd = { ...settings, broker: { ...settings.broker, url: `mqtts://me:${secret}@b:8883` } }
  t.notMatch(JSON.stringify(maskedSettings(odd)), secret)
  t.match(JSON.stringify(maskedSettings(odd)), 'b:8883')
})
