import { lightsSvg } from './lights-picture.ts'
import { stepsSvg } from './steps-picture.ts'
import { guideLanguages } from './words.ts'

/** The pictures of the technicians' guide, by their path in the repository. */
export function guideFiles(): Record<string, string> {
  return Object.fromEntries(
    guideLanguages.flatMap((language) => [
      [`hardware/pictures/lights.${language}.svg`, lightsSvg(language)],
      [`hardware/pictures/steps.${language}.svg`, stepsSvg(language)],
    ]),
  )
}
