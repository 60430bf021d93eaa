/*
 * Citizens who press a face whenever the panel is free, and note on the second console what they were told, as soon as
 * they are: "! thanked N", "! refused N" and, where the panel is away, "! away".
 *
 *     node citizen.mjs COUNT [SECONDS]     as many thank-yous, in no more time
 */
import { appendFileSync } from 'node:fs'
import { get, request } from 'node:http'

const [count = 1, seconds = 60] = process.argv.slice(2).map(Number)
const panel = 'http://127.0.0.1:8080'
const faces = ['satisfied', 'neutral']
let pressed = 0
let told = 0
let waiting = false

const say = (text) => appendFileSync('/dev/tty2', `! ${text}\n`)
setTimeout(() => process.exit(1), seconds * 1000).unref()

function press() {
  waiting = true
  const asked = request(`${panel}/panel/press`, { method: 'POST' })
  asked.on('error', () => {})
  asked.end(JSON.stringify({ key: faces[pressed++ % faces.length] }))
}

function seen(scene) {
  if (scene.at === 'idle' && !waiting) return press()
  if (!waiting) return
  if (scene.at === 'thanking') {
    waiting = false
    say(`thanked ${++told}`)
    if (told === count) process.exit(0)
  } else if (scene.at === 'fault') {
    waiting = false
    say(`refused ${scene.screen?.title ?? ''}`)
  }
}

function watch() {
  let text = ''
  const again = () => {
    waiting = false
    say('away')
    setTimeout(watch, 500)
  }
  const asked = get(`${panel}/panel/events`, (response) => {
    response.setEncoding('utf8')
    response.on('data', (chunk) => {
      text += chunk
      const events = text.split('\n\n')
      text = events.pop()
      for (const event of events) {
        const data = /^data: ?(.*)$/m.exec(event)?.[1]
        if (data !== undefined) seen(JSON.parse(data))
      }
    })
    response.on('close', again)
    response.on('error', () => {})
  })
  asked.on('error', again)
}

watch()
