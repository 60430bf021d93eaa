/**
 * blockmap.mjs IMAGE
 *
 * The block map of an image, version 2.0 (https://github.com/yoctoproject/bmaptool): which blocks hold something, and
 * their checksums. A block of zeros alone holds nothing, whether the file has a hole there or not: so the map depends on
 * the bytes, and not on how they came to the disk. But all of the data partition is written, its zeros too: on a card
 * that was used before, what its journal had there would be taken for what this one's has.
 */
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { basename } from 'node:path'

const blockSize = 4096
const [image] = process.argv.slice(2)
const handle = openSync(image, 'r')
const { size } = fstatSync(handle)
const blocks = Math.ceil(size / blockSize)

/** The data partition's blocks, from the third entry of the partition table. */
function dataPartition() {
  const entry = Buffer.alloc(16)
  readSync(handle, entry, 0, 16, 446 + 2 * 16)
  const [start, length] = [8, 12].map((at) => (entry.readUInt32LE(at) * 512) / blockSize)
  return { start, end: start + length }
}

/** Ranges of blocks that hold something, each with its checksum. */
function rangesOf() {
  const ranges = []
  const data = dataPartition()
  const zeros = Buffer.alloc(blockSize)
  const buffer = Buffer.alloc(1024 * blockSize)
  let open
  for (let at = 0; at < size; ) {
    const length = readSync(handle, buffer, 0, buffer.length, at)
    for (let from = 0; from < length; from += blockSize) {
      const block = buffer.subarray(from, Math.min(from + blockSize, length))
      const number = (at + from) / blockSize
      const counts = number >= data.start && number < data.end
      if (!counts && block.equals(zeros.subarray(0, block.length))) open = undefined
      else {
        if (!open) {
          open = { first: number, last: number, hash: createHash('sha256') }
          ranges.push(open)
        }
        open.last = number
        open.hash.update(block)
      }
    }
    at += length
  }
  return ranges
}

const ranges = rangesOf()
closeSync(handle)
const mapped = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0)
const lines = ranges.map(({ first, last, hash }) => {
  const blocks = first === last ? `${first}` : `${first}-${last}`
  return `        <Range chksum="${hash.digest('hex')}"> ${blocks} </Range>`
})
const none = '0'.repeat(64)
const map = `<?xml version="1.0" ?>
<!-- Block map of ${basename(image)} -->
<bmap version="2.0">
    <ImageSize> ${size} </ImageSize>
    <BlockSize> ${blockSize} </BlockSize>
    <BlocksCount> ${blocks} </BlocksCount>
    <MappedBlocksCount> ${mapped} </MappedBlocksCount>
    <ChecksumType> sha256 </ChecksumType>
    <BmapFileChecksum> ${none} </BmapFileChecksum>
    <BlockMap>
${lines.join('\n')}
    </BlockMap>
</bmap>
`
// The map's own checksum is taken with zeros in its place.
process.stdout.write(map.replace(none, createHash('sha256').update(map).digest('hex')))
