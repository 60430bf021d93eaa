/**
 * For `node --import`: counts the steps that a program takes on its disk within one directory, and kills it
 * with SIGKILL at one of them. Told what to do by FACCINA_STEPS, in JSON:
 *
 *     directory  whose steps are counted
 *     notes      a file to which each step is noted, one a line; the last line is where it was killed
 *     step, when the step to be killed at: `before` it, `half` way through it (a write), or `after` it
 *     hasty      a write says at once that it is done, and is done so many milliseconds later: a disk that
 *                lies, with which votes must be lost
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { relative } from 'node:path'

const { directory, notes, step: wanted, when, hasty } = JSON.parse(process.env.FACCINA_STEPS)
const { appendFileSync, promises } = fs
const { mkdir, open, rename, rm, unlink } = promises

let steps = 0

/** One change of the disk: `work` does it, `half` does a part of it. */
async function step(name, path, work, half) {
  if (!`${path}/`.startsWith(`${directory}/`)) return work()
  steps++
  const said = `${steps} ${name} ${relative(directory, path) || '.'}`
  appendFileSync(notes, `${said}\n`)
  const dies = steps === wanted
  if (dies && when === 'before') die(said)
  if (dies && when === 'half') {
    await half?.()
    die(said)
  }
  const result = await work()
  if (dies && when === 'after') die(said)
  return result
}

function die(said) {
  appendFileSync(notes, `killed ${when} ${said}\n`)
  process.kill(process.pid, 'SIGKILL')
}

function watched(handle, path, isDirectory) {
  const { write } = handle
  handle.write = (buffer, offset, length, position) => {
    const really = (bytes) => write.call(handle, buffer, offset, bytes, position)
    const work = () => (hasty ? later(really, length) : really(length))
    return step('write', path, work, () => really(Math.floor(length / 2)))
  }
  for (const name of ['datasync', 'sync']) {
    const sync = handle[name]
    handle[name] = () => step(isDirectory ? 'sync directory' : 'sync', path, () => sync.call(handle))
  }
  return handle
}

function later(really, length) {
  setTimeout(() => really(length).catch(() => {}), hasty)
  return { bytesWritten: length }
}

promises.open = async (path, flags, mode) => {
  const creates = (flags & fs.constants.O_CREAT) !== 0
  const work = () => open(path, flags, mode)
  const handle = await (creates ? step('create', path, work) : work())
  return watched(handle, path, (await handle.stat()).isDirectory())
}
promises.mkdir = (path, options) => step('make directory', path, () => mkdir(path, options))
promises.rename = (from, to) => step('rename', to, () => rename(from, to))
promises.rm = (path, options) => step('remove', path, () => rm(path, options))
promises.unlink = (path) => step('remove', path, () => unlink(path))
syncBuiltinESMExports()
