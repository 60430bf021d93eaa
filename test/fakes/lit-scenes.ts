import type { Light, Lights, Scene } from '../../src/domain/scene.ts'
import { steeringKeys } from '../../src/domain/steering.ts'
import { type Face, faces } from '../../src/domain/words.ts'

/** Scenes as lights see them, without their texts. */

function litScene(at: Scene['at'], lights: Light | Lights, more: Partial<Scene> = {}): Scene {
  const each = typeof lights === 'string' ? all(lights) : lights
  return { at, language: 'it', lights: each, screen: { title: '', choices: [], languages: [] }, ...more }
}

export function pressed(face: Face): Scene {
  return litScene('recording', { ...all('resting'), [face]: 'pressed' })
}

const steering: Partial<Scene> = {
  screen: { title: '', choices: [], languages: [], steering: { chosen: 0, ...steeringKeys } },
}

/** Every scene there is, by name. */
export const litScenes = {
  idle: litScene('idle', 'ready'),
  'recording satisfied': pressed('satisfied'),
  'recording neutral': pressed('neutral'),
  'recording dissatisfied': pressed('dissatisfied'),
  'recording the answer': litScene('recording', 'resting'),
  asking: litScene('asking', 'resting'),
  'asking by the faces': litScene('asking', 'resting', steering),
  thanking: litScene('thanking', 'thanks'),
  closed: litScene('closed', 'off'),
  fault: litScene('fault', 'off'),
  identify: litScene('idle', 'ready', { identify: true }),
  'identify while recording': { ...pressed('neutral'), identify: true },
  'identify while closed': litScene('closed', 'off', { identify: true }),
} as const satisfies Record<string, Scene>

function all(light: Light): Lights {
  return Object.fromEntries(faces.map((face) => [face, light])) as Lights
}
