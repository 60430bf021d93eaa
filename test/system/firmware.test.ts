import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { folder } from './folder.ts'

/** Needs gcc-avr, avr-libc and make. */

const firmware = fileURLToPath(new URL('../../hardware/firmware/', import.meta.url))
const files = ['faccina-panel-atmega328p.hex', 'faccina-panel-atmega2560.hex']

/** The packages that the files to flash were built with, as the README has them: name and version. */
function builtWith(): [string, string][] {
  const readme = readFileSync(join(firmware, 'README.md'), 'utf8')
  return [...readme.matchAll(/^\| `([a-z-]+)` \| `([^`]+)` \|$/gm)].map(([, name, version]) => [
    name!,
    version!,
  ])
}

function installed(name: string): string {
  return execFileSync('dpkg-query', ['-W', '-f', `\${Version}`, name], { encoding: 'utf8' })
}

t.test('the files to flash are what the source gives', async (t) => {
  const out = await folder(t)
  const build = join(out, 'objects')
  execFileSync('make', ['-C', join(firmware, 'src'), `OUT=${out}`, `BUILD=${build}`], { stdio: 'pipe' })
  const built = files.map((file) => readFileSync(join(out, file), 'latin1'))
  for (const hex of built) t.match(hex, /^:/, 'it builds, without a warning')
  const packages = builtWith()
  t.same(
    packages.map(([name]) => name),
    ['gcc-avr', 'binutils-avr', 'avr-libc'],
    'what they were built with is written down',
  )
  const others = packages.filter(([name, version]) => installed(name) !== version)
  if (others.length > 0) {
    t.comment(`not compared: ${others.map(([name]) => `${name} ${installed(name)}`)} may build other bytes`)
    return
  }
  for (const [i, file] of files.entries())
    t.ok(built[i] === readFileSync(join(firmware, file), 'latin1'), `${file}: byte for byte`)
})
