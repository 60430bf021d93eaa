import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { eventCode, eventCodes } from '../../src/panels/keys/event-codes.ts'
import { readProfile } from '../../src/panels/profile/profile-files.ts'
import { folder } from './folder.ts'

/* The overlays of hardware/overlays, by Debian's device-tree-compiler. */

const overlays = fileURLToPath(new URL('../../hardware/overlays/', import.meta.url))

/** Compiles an overlay; its path, and what dtc had to say. */
function compiled(part: string, directory: string): { file: string; said: string } {
  const file = join(directory, `faccina-${part}.dtbo`)
  const source = `${overlays}faccina-${part}-overlay.dts`
  const { stderr, status } = spawnSync('dtc', ['-@', '-I', 'dts', '-O', 'dtb', '-o', file, source])
  if (status !== 0) throw new Error(`dtc: ${stderr ?? 'is not there: apt-get install device-tree-compiler'}`)
  return { file, said: String(stderr) }
}

const numbers = (file: string, node: string, property: string) =>
  execFileSync('fdtget', ['-t', 'u', file, node, property]).toString().trim().split(' ').map(Number)

t.test('the keys are on the lines and have the codes that the profiles say', async (t) => {
  const { file, said } = compiled('keys', await folder(t))
  t.equal(said, '', 'no warning')
  const keysNode = '/fragment@1/__overlay__/faccina-keys'
  for (const name of ['arcade-linux', 'arcade-pi5', 'faces-only']) {
    const { codes, pins } = (await readProfile(name)).keys as {
      codes: Record<string, string>
      pins: Record<string, number>
    }
    t.ok(Object.keys(codes).length >= 3)
    for (const [key, code] of Object.entries(codes)) {
      const node = `${keysNode}/${key}`
      t.same(numbers(file, node, 'linux,code'), [eventCode(code)], `${name}: ${key}`)
      const [, gpio, flags] = numbers(file, node, 'gpios')
      t.equal(gpio, pins[key], `${name}: the line of ${key}`)
      t.equal(flags, 1 | 16, 'low while pressed, pulled up')
      const [debounceMs = 0] = numbers(file, node, 'debounce-interval')
      t.ok(debounceMs > 0 && debounceMs < 5, 'a tap of 5 ms passes')
    }
  }
  const pulled = numbers(file, '/fragment@0/__overlay__/faccina-keys-pins', 'brcm,pins')
  const { pins } = (await readProfile('arcade-linux')).keys as { pins: Record<string, number> }
  t.same(pulled, Object.values(pins))
})

t.test('the lamps have the names that the profile says', async (t) => {
  const { file, said } = compiled('lamps', await folder(t))
  t.equal(said, '', 'no warning')
  const { leds } = (await readProfile('faces-only')).lights as { leds: Record<string, string> }
  for (const [face, name] of Object.entries(leds)) {
    const node = `/fragment@1/__overlay__/faccina-lamps/${face}`
    t.equal(execFileSync('fdtget', [file, node, 'label']).toString().trim(), name)
  }
})

t.test('the names of codes are those of the kernel', async (t) => {
  // It comes with Debian's linux-libc-dev, and that with build-essential.
  const header = readFileSync('/usr/include/linux/input-event-codes.h', 'utf8')
  const defined = new Map<string, string>()
  for (const [, name, value] of header.matchAll(/^#define\s+((?:KEY|BTN)_\w+)\s+(\w+)/gm))
    defined.set(name!, value!)
  const number = (name: string): number => {
    const value = defined.get(name)
    return value !== undefined && defined.has(value) ? number(value) : Number(value)
  }
  for (const [name, code] of eventCodes) t.equal(number(name), code, name)
  t.ok(eventCodes.size > 150)
})
