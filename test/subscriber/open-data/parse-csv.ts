/** Reads RFC 4180 strictly, by itself: every line ends with CR LF, and has as many cells as the first. */
export function parseCsv(text: string): {
  head: string[]
  rows: string[][]
  records: Record<string, string>[]
} {
  const rows: string[][] = []
  let at = 0
  while (at < text.length) {
    const cells: string[] = []
    for (;;) {
      let cell = ''
      if (text[at] === '"') {
        for (at++; ; at++) {
          if (at >= text.length) throw new Error('a quote is not closed')
          if (text[at] === '"' && text[at + 1] === '"') at++
          else if (text[at] === '"') break
          cell += text[at]
        }
        at++
      } else {
        while (at < text.length && !/[,\r\n"]/.test(text[at]!)) cell += text[at++]
      }
      cells.push(cell)
      if (text[at] === ',') at++
      else break
    }
    if (text.slice(at, at + 2) !== '\r\n') throw new Error(`line ${rows.length + 1} does not end with CR LF`)
    at += 2
    rows.push(cells)
  }
  const [head, ...body] = rows
  if (!head) throw new Error('there is no head')
  body.forEach((row, i) => {
    if (row.length !== head.length) throw new Error(`line ${i + 2} has ${row.length} cells`)
  })
  return {
    head,
    rows: body,
    records: body.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i]!]))),
  }
}
