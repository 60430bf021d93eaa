// Runs on the terminal: presses "satisfied" as citizens do, each time when the panel is free, and says each
// thank-you that it sees. How often is said on the command line.
const panel = 'http://127.0.0.1:8080/panel/'
let left = Number(process.argv[2])
let pressed = false
const { body } = await fetch(`${panel}events`)
let text = ''
for await (const part of body.pipeThrough(new TextDecoderStream())) {
  text += part
  const events = text.split('\n\n')
  text = events.pop()
  for (const event of events) {
    const data = /^data: ?(.*)$/m.exec(event)?.[1]
    const at = data && JSON.parse(data).at
    if (at === 'thanking' && pressed) {
      pressed = false
      console.log('thanked')
      left--
    }
    if (at === 'idle' && left === 0) process.exit()
    if (at !== 'idle') continue
    // Pressed before, it was the end of something else, e.g. of what a commissioning had to say.
    pressed = true
    const headers = { 'content-type': 'application/json' }
    await fetch(`${panel}press`, { method: 'POST', headers, body: '{"key":"satisfied"}' })
  }
}
