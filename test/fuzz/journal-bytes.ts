/** The checksum of ISO 3309, bit by bit: not the one that the journal takes from zlib. */
export function crc32Of(bytes: Uint8Array): number {
  let crc = 0xffff_ffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1
  }
  return ~crc >>> 0
}

/** The same lines with checksums that are right again. Chance would not find them. */
export function sealedLines(bytes: Uint8Array): Buffer {
  const text = Buffer.from(bytes).toString('latin1')
  const sealed = text.replace(/[0-9a-f]{8} (\{[^\n]*)(?=\n)/g, (_, json: string) => {
    const sum = crc32Of(Buffer.from(json, 'latin1'))
    return `${sum.toString(16).padStart(8, '0')} ${json}`
  })
  return Buffer.from(sealed, 'latin1')
}
