import t from 'tap'
import { kinds, readMessage } from '../../../src/subscriber/messages.ts'
import { hostileMessages } from '../../fakes/hostile-messages.ts'

const read: readonly string[] = kinds

t.test('the labels are true: what must be rejected is, what is valid is taken, and nothing throws', (t) => {
  const seen = new Map<string, number>()
  const verdicts = { valid: 0, reject: 0, either: 0 }
  let count = 0
  for (const { topic, payload, kind, done, verdict } of hostileMessages(1)) {
    if (++count > 30_000) break
    verdicts[verdict]++
    seen.set(kind, (seen.get(kind) ?? 0) + 1)
    if (!read.includes(kind)) continue
    const item = readMessage('faccina/1', { topic, payload, retained: false })
    const taken = item !== undefined && item.is !== 'rejected'
    const isWrong = verdict === 'reject' ? item?.is !== 'rejected' : verdict === 'valid' && !taken
    if (isWrong) {
      const why = item?.is === 'rejected' ? item.why : 'taken'
      t.fail(`${topic.slice(0, 80)}: ${done}: ${why}: ${new TextDecoder().decode(payload.slice(0, 300))}`)
      if (seen.size > 30) break
    }
  }
  t.equal(({} as Record<string, unknown>).polluted, undefined, 'no prototype was changed')
  t.equal(seen.size, 12, 'every topic')
  t.ok(verdicts.reject > verdicts.valid && verdicts.valid > 1_000 && verdicts.either > 1_000)
  t.end()
})

t.test('a seed brings the same ones back', (t) => {
  const some = (seed: number) => {
    const all = hostileMessages(seed)
    return Array.from({ length: 300 }, () => {
      const { topic, payload, done } = all.next().value
      return `${topic.slice(0, 99)} ${done} ${Buffer.from(payload.slice(0, 999)).toString('hex')}`
    })
  }
  t.strictSame(some(3), some(3))
  t.notSame(some(3), some(4))
  t.end()
})
