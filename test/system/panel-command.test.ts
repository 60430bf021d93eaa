import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { keys } from '../../src/domain/words.ts'
import { freePort } from '../contracts/free-port.ts'
import { folder } from './folder.ts'

/** `faccina panel` as a technician has it: on a terminal, with somebody who presses what is asked for. */

const program = fileURLToPath(new URL('../../dist/faccina.js', import.meta.url))

interface Technician {
  /** What is pressed where a key is asked for; undefined: nothing. */
  press: (key: string) => string | undefined
  answer: (question: string) => string
}

async function examine(t: Test, { press, answer }: Technician) {
  const directory = await folder(t)
  const port = await freePort()
  const settings = join(directory, 'faccina.yaml')
  await writeFile(
    settings,
    `terminal: {municipality: c_e506, office: anagrafe, counter: "3"}
storage: {directory: ${directory}/store}
browser: {listen: "127.0.0.1:${port}"}
languages: [it, de]
`,
  )
  // script(1) gives it a terminal, so that it asks.
  const line = `exec ${process.execPath} ${program} panel --panel browser --settings ${settings}`
  const child = spawn('script', ['-qfec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  let output = ''
  let read = 0
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    for (;;) {
      const next = /press: ([\w-]+)\r?\n|([^\n]*) \[Y\/n\/\?\] /.exec(output.slice(read))
      if (!next) break
      read += next.index + next[0].length
      const [, key, question] = next
      if (key === undefined) child.stdin.write(`${answer(question!)}\n`)
      else void pressed(port, press(key))
    }
  })
  const [code] = await once(child, 'exit')
  return { code, output, record: JSON.parse(await readFile(`${directory}/store/panel-check.json`, 'utf8')) }
}

async function pressed(port: number, key: string | undefined): Promise<void> {
  if (key === undefined) return
  const body = JSON.stringify({ key })
  await fetch(`http://127.0.0.1:${port}/panel/press`, { method: 'POST', body })
}

t.test('all is well', async (t) => {
  const { code, output, record } = await examine(t, { press: (key) => key, answer: () => 'y' })
  t.equal(code, 0, output)
  t.match(output, /All is well/)
  t.match(record, {
    panel: 'browser',
    ok: true,
    parts: { keys: { is: 'good' }, lights: { is: 'good' }, display: { is: 'good' } },
    lights: { satisfied: 'yes', neutral: 'yes', dissatisfied: 'yes' },
    screens: { idle: 'yes', 'asking, de': 'yes' },
  })
  t.same(Object.keys(record.keys), keys)
})

t.test('exchanged wires and a dark face: exit code 1, and what to look at', async (t) => {
  const exchanged: Record<string, string> = { satisfied: 'neutral', neutral: 'satisfied' }
  const { code, output, record } = await examine(t, {
    press: (key) => exchanged[key] ?? key,
    answer: (question) => (/face "dissatisfied" lit/.test(question) ? 'n' : ''),
  })
  t.equal(code, 1)
  t.match(output, /the key "satisfied": "neutral" came instead; are two wires exchanged\?/)
  t.match(output, /the light of "dissatisfied"/)
  t.match(record, { ok: false, lights: { dissatisfied: 'no', satisfied: 'yes' } })
})
