import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'

const folder = new URL('../../../hardware/firmware/', import.meta.url)

t.test('the files to flash are whole, and are those that are described', (t) => {
  const readme = readFileSync(new URL('README.md', folder), 'utf8')
  const files = readdirSync(folder).filter((name) => name.endsWith('.hex'))
  t.equal(files.length, 3)
  for (const file of files) {
    const bytes = readFileSync(new URL(file, folder))
    const sum = createHash('sha256').update(bytes).digest('hex')
    t.ok(readme.includes(`| \`${file}\` | \`${sum}\` |`), `${file}: its sum`)
    t.ok(readme.includes(`-U flash:w:${file}:i`), `${file}: its line for avrdude`)
    for (const line of bytes.toString('latin1').trim().split(/\r?\n/)) {
      const record = Buffer.from(line.slice(1), 'hex')
      const zero = record.reduce((total, byte) => total + byte, 0) & 0xff
      if (!line.startsWith(':') || zero !== 0 || record.length !== record[0]! + 5) t.fail(`${file}: ${line}`)
    }
  }
  t.end()
})
