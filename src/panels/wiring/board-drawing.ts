import type { Board, BoardPin } from './boards.ts'
import { ink, quiet, rect, text } from './ink.ts'

export const pinPitch = 27
export const boardWidth = 104
/** From the top of a board to the middle of its first row. */
export const rowTop = 46

/** A board with its pins: those in use are filled, and of the sockets only those in use are shown. */
export function drawBoard(board: Board, used: ReadonlySet<string>, x: number, top: number): string {
  const pins = board.pins.filter(({ socket, pin }) => !socket || used.has(pin))
  const ends = pins.map(({ row, socket }) => rowTop + row * pinPitch + (socket ? 26 : 24))
  return [
    rect(x, top, boardWidth, Math.max(...ends), { radius: 8, fill: 'none' }),
    text([x + boardWidth / 2, top + 20], board.title, { size: 13, bold: true, anchor: 'middle' }),
    ...pins.map((pin) => drawPin(pin, used.has(pin.pin), x, top)),
    board.cut
      ? text([x + boardWidth / 2, top + rowTop + board.rows * pinPitch], '… to pin 40', {
          size: 12,
          colour: quiet,
          anchor: 'middle',
        })
      : '',
  ].join('')
}

function drawPin(one: BoardPin, used: boolean, x: number, top: number): string {
  const { board, pin, side, row, socket } = one
  const cx = x + (side === 'left' ? 26 : boardWidth - 26)
  const cy = top + rowTop + row * pinPitch
  const said = pin.replace(/ \d$/, '')
  const [halfWidth, halfHeight, radius] = socket
    ? [24, 13, 3]
    : said.length > 2
      ? [20, 11, 3]
      : pin === '1' && board === 'pi'
        ? [11, 11, 0]
        : [11, 11, 11]
  const data = `class="pin" data-pin="${board} ${pin}" data-used="${used}"`
  const look = `fill="${used ? ink : '#ffffff'}" stroke="${used ? ink : '#9aa7b3'}"`
  return [
    `<rect ${data} x="${cx - halfWidth}" y="${cy - halfHeight}" width="${2 * halfWidth}" height="${2 * halfHeight}" rx="${radius}" ${look}/>`,
    text([cx, cy + 4], said, {
      size: said.length > 4 && !socket ? 9 : 11,
      bold: used,
      colour: used ? '#ffffff' : '#6b7885',
      anchor: 'middle',
    }),
  ].join('')
}
