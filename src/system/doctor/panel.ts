import type { Condition } from '../../ports/panel.ts'
import { adviceIn, failed, good, type Told } from './finding.ts'

export type PartConditions = Readonly<Record<'keys' | 'lights' | 'display', Condition>>

/** What the parts of the panel say about themselves. */
export function judgePanel(name: string, parts: PartConditions): Told {
  const said = Object.entries(parts).map(([part, condition]) => ({ part, condition }))
  const broken = said.flatMap(({ part, condition }) =>
    condition.is === 'broken' ? [{ part, problem: condition.problem }] : [],
  )
  const [first] = broken
  if (!first) {
    const there = said.flatMap(({ part, condition }) => (condition.is === 'good' ? [part] : []))
    return good(`"${name}": ${there.join(', ')} answer`)
  }
  const found = broken.map(({ part, problem }) => `${part}: ${problem}`).join('\n')
  return failed(`"${name}"\n${found}`, adviceIn(first.problem) ?? lookAt(first.part))
}

function lookAt(part: string): string {
  return `Look at the wires of the ${part}, then: faccina panel`
}
