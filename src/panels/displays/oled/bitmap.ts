/**
 * A picture in black and white as SSD1306 and SH1106 keep it: pages of eight rows, a byte for each column
 * of a page, the upper row its lowest bit (data sheets, "Graphic Display Data RAM").
 */
export class Bitmap {
  readonly width: number
  readonly height: number
  /** Page by page from the top, each from the left. */
  readonly bytes: Uint8Array

  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.bytes = new Uint8Array((width * height) / 8)
  }

  /** Sets a pixel; one outside the picture is no mistake. */
  set(x: number, y: number, on = true): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return
    const at = (y >> 3) * this.width + x
    const bit = 1 << (y & 7)
    this.bytes[at] = on ? this.bytes[at]! | bit : this.bytes[at]! & ~bit
  }

  get(x: number, y: number): boolean {
    return (this.bytes[(y >> 3) * this.width + x]! & (1 << (y & 7))) !== 0
  }

  fill(x: number, y: number, width: number, height: number, on = true): void {
    for (let row = y; row < y + height; row++)
      for (let column = x; column < x + width; column++) this.set(column, row, on)
  }

  /** Black becomes white. */
  invert(): void {
    for (let at = 0; at < this.bytes.length; at++) this.bytes[at] = ~this.bytes[at]!
  }
}
