/** One input may enter so many blocks: far more than any real one does. It is the same on every computer. */
const mostSteps = 30_000_000

class TooManySteps extends Error {
  override name = 'TooManySteps'
}

let counts = new Uint32Array(0)
let steps = 0

/** What stands in front of every block that is counted: compiled targets take it from here. */
function hit(block: number): void {
  if (++steps > mostSteps) throw new TooManySteps(`more than ${mostSteps} blocks were entered`)
  counts[block]!++
}
;(globalThis as { __faccinaHit?: typeof hit }).__faccinaHit = hit

/** Forgets where the last input has been; from now on it is noted down here. */
export function beginTrace(own: Uint32Array<ArrayBuffer>): void {
  own.fill(0)
  counts = own
  steps = 0
}
