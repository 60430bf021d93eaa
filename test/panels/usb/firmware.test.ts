import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'

const folder = new URL('../../../hardware/firmware/', import.meta.url)

/** What a bootloader leaves of the flash: 32 KiB less 2, as the older one of a Nano needs; 256 KiB less 8. */
const room: Record<string, number> = {
  'faccina-panel-atmega328p.hex': 30 * 1024,
  'faccina-panel-atmega2560.hex': 248 * 1024,
}

t.test('the files to flash are whole, fit, and are those that are described', (t) => {
  const readme = readFileSync(new URL('README.md', folder), 'utf8')
  const files = readdirSync(folder).filter((name) => name.endsWith('.hex'))
  t.same(files.sort(), Object.keys(room).sort())
  for (const file of files) {
    t.ok(readme.includes(`-U flash:w:${file}:i`), `${file}: its line for avrdude`)
    const lines = readFileSync(new URL(file, folder), 'latin1').trim().split(/\r?\n/)
    let end = 0
    for (const line of lines) {
      const record = Buffer.from(line.slice(1), 'hex')
      const zero = record.reduce((total, byte) => total + byte, 0) & 0xff
      if (!line.startsWith(':') || zero !== 0 || record.length !== record[0]! + 5) t.fail(`${file}: ${line}`)
      if (record[3] === 0) end = Math.max(end, record.readUInt16BE(1) + record[0]!)
    }
    t.equal(lines.at(-1), ':00000001FF', `${file}: its end`)
    t.ok(end > 4_000 && end <= room[file]!, `${file}: ${end} bytes`)
  }
  t.end()
})
