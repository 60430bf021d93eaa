/**
 * For `node --import`: a Node in which nothing is ever asked to be on the disk. A terminal that runs in it
 * loses votes at a power cut, or the rig that should show it is blind.
 */
import fs from 'node:fs'
import { open } from 'node:fs/promises'

const handle = await open('/dev/null')
const prototype = Object.getPrototypeOf(handle)
await handle.close()
prototype.sync = async () => {}
prototype.datasync = async () => {}
fs.fsync = (_file, done) => void setImmediate(done, null)
fs.fdatasync = fs.fsync
fs.fsyncSync = () => {}
fs.fdatasyncSync = () => {}
