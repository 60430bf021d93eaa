/** Gives the terminal the name of its counter, as far as the settings in force say which it is. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { hostnameOf } from '../seed-lib.mjs'

const settingsFile = '/etc/faccina/faccina.yaml'

/** The host name of the terminal whose settings are these; undefined where they do not say which counter it is. */
export function hostnameFrom(text) {
  const { municipality, office, counter } = parse(text)?.terminal ?? {}
  if ([municipality, office, counter].some((part) => part === undefined || part === null)) return undefined
  return hostnameOf({ municipality: String(municipality), office: String(office), counter: String(counter) })
}

function main() {
  let name
  try {
    name = hostnameFrom(readFileSync(settingsFile, 'utf8'))
  } catch (error) {
    console.log(`no name from ${settingsFile}: ${error.message}`)
  }
  if (name === undefined) return
  writeFileSync('/etc/hostname', `${name}\n`)
  execFileSync('hostname', [name])
  console.log(`this terminal is ${name}.local`)
}

// Only where it is the program, and not a part of a test.
if (process.argv[1] === fileURLToPath(import.meta.url)) main()
