import type { Block } from './block.ts'
import type { Band } from './plan.ts'

/** A line of the table of connections. */
export interface Row {
  from: string
  /** What the pin is; nothing where it is no pin. */
  name: string
  wire: string
  to: string
}

/** First what ends at a board, in the order of its pins; then what goes from part to part. */
export function connections(bands: readonly Band[]): Row[] {
  const outer = bands.flatMap(({ board, left, right }) =>
    [...left, ...right]
      .flatMap(({ wires }) => wires)
      .sort((a, b) => board.pins.indexOf(a.pin) - board.pins.indexOf(b.pin))
      .map(({ pin, colour, to }): Row => {
        const mark = bands.length === 1 ? '' : pin.board === 'pi' ? 'Pi ' : 'Uno '
        const from = pin.socket ? '' : pin.pin.replace(/ \d$/, '')
        return { from: `${mark}${from}`.trim(), name: pin.name, wire: colour, to }
      }),
  )
  return [...outer, ...bands.flatMap(({ left, right }) => [...left, ...right]).flatMap(innerRows)]
}

function innerRows({ inner }: Block): Row[] {
  return inner.map(({ from, to, colour }) => ({ from, name: '', wire: colour, to }))
}
