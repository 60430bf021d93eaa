/**
 * For `node --import`: lets a program believe that its computer has just booted, with a clock that is wrong.
 *
 * FACCINA_BOOT    the kernel's id of this boot
 * FACCINA_AHEAD   a file with the milliseconds that the wall clock is ahead of the right one; it may change
 */
import { readFileSync } from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const { FACCINA_BOOT: boot, FACCINA_AHEAD: ahead } = process.env

const { bigint } = process.hrtime
const begun = bigint()
process.hrtime.bigint = () => bigint() - begun

const { now } = Date
Date.now = () => now() + Number(readFileSync(ahead, 'utf8'))

const { readFile } = promises
promises.readFile = async (path, ...rest) =>
  path === '/proc/sys/kernel/random/boot_id' ? `${boot}\n` : readFile(path, ...rest)
syncBuiltinESMExports()
