import type { Block } from './block.ts'
import type { Band } from './plan.ts'

/** A line of the table of connections. */
export interface Row {
  cells: [pin: string, name: string, wire: string, to: string]
}

/** First what ends at a board, in the order of its pins; then what goes from part to part. */
export function connections(bands: readonly Band[]): Row[] {
  const many = bands.length > 1
  const outer = bands.flatMap(({ board, left, right }) => {
    const mark = many && board.pins[0]!.board === 'arduino' ? 'Uno ' : many ? 'Pi ' : ''
    return [...left, ...right]
      .flatMap(({ wires }) => wires)
      .sort((a, b) => order(board.pins.indexOf(a.pin), board.pins.indexOf(b.pin)))
      .map(
        ({ pin, colour, to }): Row => ({
          cells: [`${mark}${pin.pin.replace(/ \d$/, '')}`, pin.name, colour, to],
        }),
      )
  })
  const inner = bands.flatMap(({ left, right }) => [...left, ...right]).flatMap(innerRows)
  return [...outer, ...inner]
}

function innerRows({ inner }: Block): Row[] {
  return inner.map(({ from, to, colour }) => ({ cells: ['', '', colour, `${from} → ${to}`] }))
}

function order(a: number, b: number): number {
  return a - b
}
