import { type Key, keys } from '../../domain/words.ts'
import { type Answer, type Route, refusal } from '../../web/route.ts'

type Press = (key: Key, held: boolean | undefined) => void

/**
 * `POST /panel/press` with `{"key": "satisfied"}`: a key was touched. With `"held": true` the finger stays, which is
 * to be said again within three seconds, with `false` it has left.
 */
export function pressRoute(press: Press): Route {
  return { path: '/panel/press', post: (body) => pressAnswer(body, press) }
}

function pressAnswer(body: string, press: Press): Answer {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return refusal(400, `The body is not JSON; allowed is {"key": "satisfied"}.`)
  }
  if (typeof value !== 'object' || value === null || !('key' in value) || typeof value.key !== 'string') {
    return refusal(400, `The body has no "key" that is text; allowed is {"key": "satisfied"}.`)
  }
  const key = keys.find((key) => key === value.key)
  if (!key) {
    return refusal(
      400,
      `There is no key ${JSON.stringify(value.key.slice(0, 40))}; allowed are ${keys.join(', ')}.`,
    )
  }
  const held = 'held' in value ? value.held : undefined
  if (held !== undefined && typeof held !== 'boolean')
    return refusal(400, `"held" is ${JSON.stringify(held).slice(0, 40)}; allowed are true and false.`)
  press(key, held)
  return { status: 204 }
}
