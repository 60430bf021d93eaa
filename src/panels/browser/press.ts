import { type Key, keys } from '../../domain/words.ts'
import { type Answer, type Route, refusal } from '../../web/route.ts'

/** `POST /panel/press` with `{"key": "satisfied"}`: a key was touched. */
export function pressRoute(press: (key: Key) => void): Route {
  return { path: '/panel/press', post: (body) => pressAnswer(body, press) }
}

function pressAnswer(body: string, press: (key: Key) => void): Answer {
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
  press(key)
  return { status: 204 }
}
