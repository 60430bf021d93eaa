import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import t from 'tap'
import { freePort } from './free-port.ts'

t.test('a port is given once, also to other processes, while nobody listens on it', async (t) => {
  // 800 of 12,000 ports: chosen at random alone, two dozen of them would come twice.
  const asked = 400
  const module = new URL('./free-port.ts', import.meta.url).href
  const script = `import { freePort } from ${JSON.stringify(module)}
    for (let i = 0; i < ${asked}; i++) console.log(await freePort())
    console.log('done')
    setInterval(() => {}, 1_000)`
  const other = spawn(process.execPath, [...process.execArgv, '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(other, 'exit')
  t.teardown(async () => {
    other.kill()
    await ended
  })
  const ports: number[] = []
  const theirs = (async () => {
    for await (const line of createInterface(other.stdout)) {
      if (line === 'done') return
      ports.push(Number(line))
    }
  })()
  for (let i = 0; i < asked; i++) ports.push(await freePort())
  await theirs
  t.equal(ports.length, 2 * asked)
  t.equal(new Set(ports).size, 2 * asked)
})

t.test('it can be listened on at once', async (t) => {
  const server = createServer().listen(await freePort(), '127.0.0.1')
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
  t.pass('listens')
})
