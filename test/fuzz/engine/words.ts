import type { Figures, Share } from './fuzzer.ts'

/** `settings: 12,345 cases in 60 s, seed 1; corpus 210; blocks 300 of 412 (73 %), functions 60 of 66; found 0` */
export function figuresLine({
  name,
  cases,
  seconds,
  seed,
  corpus,
  blocks,
  functions,
  findings,
}: Figures): string {
  const share = ({ covered, all }: Share) =>
    `${covered} of ${all} (${all === 0 ? 100 : Math.floor((100 * covered) / all)} %)`
  const figures = [
    `${cases.toLocaleString('en')} cases in ${seconds.toFixed(0)} s, seed ${seed}`,
    `corpus ${corpus}`,
    `blocks ${share(blocks)}`,
    `functions ${share(functions)}`,
    `found ${findings.length}`,
  ]
  return `${name}: ${figures.join('; ')}`
}
