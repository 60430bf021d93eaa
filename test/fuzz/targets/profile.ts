import { stringify } from 'yaml'
import { type Profile, ProfileError, parseProfile } from '../../../src/panels/profile/profile.ts'
import { must, mustEqual, type Target } from '../engine/target.ts'
import { filesIn } from '../inputs.ts'
import { fileName, mustBeClean, mustBeWords, yamlReader, yamlWords } from '../yaml-oracles.ts'

const target: Target = {
  holds:
    'a text is a profile, or problems with a line and a sentence; a profile written out again reads the same',
  covers: [
    ...yamlReader.filter((file) => !/renamed|file-bytes/.test(file)),
    'src/panels/drivers.ts',
    'src/panels/profile/parts.ts',
    'src/panels/profile/profile.ts',
  ],
  guides: ['yaml'],
  maxBytes: 4_096,
  words: [
    ...yamlWords,
    'keys: ',
    'lights: ',
    'display: ',
    'driver: ',
    'shape: matrix',
    'pixelsPerFace: 64',
    'width: 8',
  ],
  corpus: () => filesIn('hardware/panels', '.yaml'),
  check(bytes) {
    const text = new TextDecoder().decode(bytes)
    const read = profileOrError(text)
    mustBeClean()
    if (read instanceof ProfileError) {
      mustBeWords(read.problems, text)
      return
    }
    const { name: _, ...written } = read
    mustEqual(profileOrError(stringify(written)), read, 'read again')
    must(Number.isFinite(JSON.stringify(read).length), 'a profile that cannot be told')
  },
}
export default target

function profileOrError(text: string): Profile | ProfileError {
  try {
    return parseProfile(text, fileName, 'own')
  } catch (error) {
    if (error instanceof ProfileError) return error
    throw error
  }
}
