/**
 * The WS2812's own signal out of the data line of an SPI. A bit of the pixel is four of the SPI at 3.2 MHz:
 * 1000 is a zero (high for 0.31 µs), 1110 a one (high for 0.94 µs), both 1.25 µs long, as the data sheet
 * WS2812B has it. Three bits at 2.4 MHz would be shorter, but the SPI of a Pi 4 may rest for a bit between
 * two bytes: here that only makes the low half longer, and it is low anyway.
 */

/** How fast the SPI has to be, Hz. */
export const spiHz = 3_200_000

/**
 * The line may be high while nothing is sent. Low for so long it ends whatever the pixels took that for, and
 * in the end lets them show what they got: 300 µs, which newer ones need, and some more.
 */
export const restBytes = 128

/** Bytes on the SPI for each byte of a pixel: two bits in each. */
const spread = 4

/** How long the stream of so many bytes of pixels is. */
export function streamLength(pixelBytes: number): number {
  return 2 * restBytes + spread * pixelBytes
}

/** What the SPI has to send, so that pixels get these bytes, in the order in which they take them. */
export function ws2812Stream(pixelBytes: Uint8Array): Uint8Array {
  const stream = new Uint8Array(streamLength(pixelBytes.length))
  let at = restBytes
  for (const byte of pixelBytes)
    for (let shift = 6; shift >= 0; shift -= 2) stream[at++] = twoBits[(byte >> shift) & 3]!
  return stream
}

/** 00, 01, 10, 11 */
const twoBits = [0x88, 0x8e, 0xe8, 0xee] as const
