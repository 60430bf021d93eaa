import * as v from 'valibot'
import { about, choice, text, wholeNumber } from './kinds.ts'
import { nearest } from './nearest.ts'

/** The profiles that come with Faccina: the files of `hardware/panels/`. */
export const profileNames = [
  'browser',
  'arcade-linux',
  'arcade-pi5',
  'arcade-raspi',
  'arcade-usb',
  'encoder-usb',
  'touch-linux',
  'touch-raspi',
  'touch-usb',
  'nextion',
  'faces-only',
] as const

function profile(title: string, description: string, otherwise: string, example: string) {
  return text(
    new RegExp(`^(${profileNames.join('|')}|/[^\\0]*[^\\0/])$`),
    {
      title,
      description,
      words: `${profileNames.join(', ')}, or the path of a profile of your own`,
      example,
      otherwise,
    },
    (written) => {
      const like = profileNames.filter((name) => name.split('-').includes(written))
      const meant = like.length > 0 ? like : [nearest(written, profileNames) ?? []].flat()
      return meant.length > 0 ? `Did you mean ${meant.join(' or ')}?` : ''
    },
  )
}

export const panelSchema = v.exactOptional(
  profile(
    'Panel',
    'What citizens press, and what lights up and answers: the name of a profile.',
    'what is found on the board',
    'arcade-linux',
  ),
)

export const partsSchema = v.pipe(
  v.strictObject({
    keys: v.exactOptional(
      profile('Keys', 'The profile whose keys are taken.', 'that of the panel’s own profile', 'encoder-usb'),
    ),
    lights: v.exactOptional(
      profile(
        'Lights',
        'The profile whose lights are taken.',
        'that of the panel’s own profile',
        'faces-only',
      ),
    ),
    display: v.exactOptional(
      profile('Display', 'The profile whose display is taken.', 'that of the panel’s own profile', 'nextion'),
    ),
  }),
  about({
    title: 'Parts',
    description: 'Parts of the panel that are taken from other profiles than that of `panel`.',
  }),
)

export const lightsSchema = v.pipe(
  v.strictObject({
    brightnessPercent: v.optional(
      wholeNumber(1, 100, {
        title: 'Brightness',
        description: 'Of what the panel’s profile allows.',
        unit: 'percent',
      }),
      100,
    ),
    night: v.exactOptional(
      v.pipe(
        text(
          /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
          {
            title: 'Night',
            description: 'When the lights are dimmed, in the zone of hours.timeZone.',
            words: 'HH:MM-HH:MM, such as 20:00-07:00',
            example: '20:00-07:00',
            otherwise: 'never',
          },
          (written) => (/^\d:|-\d:/.test(written) ? 'Write hours with two digits.' : ''),
        ),
        v.transform((written) => {
          const [from, to] = written.split('-').map((time) => {
            const [hours, minutes] = time.split(':').map(Number)
            return hours! * 60 + minutes!
          })
          return { from: from!, to: to! }
        }),
      ),
    ),
    nightPercent: v.optional(
      wholeNumber(0, 100, { title: 'By night', description: 'The brightness then.', unit: 'percent' }),
      30,
    ),
    animation: v.optional(
      choice(['on', 'off'], { title: 'Animation', description: 'off: each state is one still picture.' }),
      'on',
    ),
  }),
  about({ title: 'Lights', description: 'How bright the faces are, and whether they move.' }),
)
