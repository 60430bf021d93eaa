import type { Face } from '../../domain/words.ts'
import { type FaceCounts, votesOf } from '../report/score.ts'

/**
 * Faces on the scale from 1 to 5 stars on which the sites and digital services of Italian municipalities are
 * rated (Designers Italia, model of the municipal site: “Quanto sono chiare le informazioni su questa
 * pagina?”, and of a service “Quanto è stato facile usare questo servizio?”; it takes 4 and 5 as positive, 1
 * to 3 as negative). Pure.
 *
 * The mapping loses: three faces cannot say five things, so nobody ever gives 2 or 4, and a mean of these stars
 * is spread wider than one of real stars. Between which means the real one would lie, if each face stood for
 * the stars next to its own, `lowestStars` and `highestStars` say. And the question is another one: faces rate
 * a visit to a counter, stars a page or an online service.
 */
const stars: Readonly<Record<Face, { own: number; least: number; most: number }>> = {
  satisfied: { own: 5, least: 4, most: 5 },
  neutral: { own: 3, least: 3, most: 3 },
  dissatisfied: { own: 1, least: 1, most: 2 },
}

/** The face that a number of stars stands for; 2 and 4 stand for none. */
export function starsOf(number: number): Face | undefined {
  return (Object.keys(stars) as Face[]).find((face) => stars[face].own === number)
}

export function meanStars(faces: FaceCounts): number {
  return mean(faces, 'own')
}

export function lowestStars(faces: FaceCounts): number {
  return mean(faces, 'least')
}

export function highestStars(faces: FaceCounts): number {
  return mean(faces, 'most')
}

/** NaN where nobody voted. */
function mean(faces: FaceCounts, which: 'own' | 'least' | 'most'): number {
  const sum = (Object.keys(stars) as Face[]).reduce((all, face) => all + faces[face] * stars[face][which], 0)
  return sum / votesOf(faces)
}
