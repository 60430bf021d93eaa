/**
 * manifest.mjs IMAGE COMPRESSED URL VERSION
 *
 * What Raspberry Pi Imager wants to know of the image (its os_list; `rpi-imager --repo FILE`).
 */
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'

const [image, compressed, url, version] = process.argv.slice(2)

async function sha256(file) {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part)
  return hash.digest('hex')
}

const entry = {
  name: `Faccina ${version}`,
  description: 'The open smiley terminal for public counters',
  icon: `${url.replace(/\/$/, '')}/faccina.png`,
  website: url,
  release_date: new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000).toISOString().slice(0, 10),
  url: `${url.replace(/\/$/, '')}/${basename(compressed)}`,
  extract_size: statSync(image).size,
  extract_sha256: await sha256(image),
  image_download_size: statSync(compressed).size,
  image_download_sha256: await sha256(compressed),
  devices: ['pi4-64bit', 'pi3-64bit'],
  // Name, user, Wi-Fi and keys come from files on the boot partition: the Imager's own way of setting them has none here.
  init_format: 'none',
}
process.stdout.write(`${JSON.stringify({ os_list: [entry] }, undefined, 2)}\n`)
