import { formatProblem, formatWarning, type Problem, type Settings } from '../../settings/index.ts'
import { parseSettingsFile } from '../settings-file.ts'
import { failed, good, type Told, warning } from './finding.ts'

/** The settings of a file, if they can be used, and what there is to say about it. */
export async function lookAtSettings(
  file: string,
  read?: (file: string) => Promise<string>,
): Promise<{ told: Told; settings?: Settings }> {
  const parsed = await parseSettingsFile(file, read)
  if (!parsed.ok) {
    const { problems } = parsed
    return { told: failed(problems.map(factOf).join('\n'), nextAfter(problems, file)) }
  }
  const { settings, warnings } = parsed
  const [first] = warnings
  if (!first) return { told: good(file), settings }
  const found = warnings.map(formatWarning).join('\n')
  return {
    told: warning(found, `Look at line ${first.line} of ${file}: the terminal works as it is.`),
    settings,
  }
}

/** What is said to do about a file as a whole is the next step, and need not be said twice. */
function factOf({ hint, ...problem }: Problem): string {
  return formatProblem(hint !== undefined && problem.line > 0 ? { ...problem, hint } : problem)
}

function nextAfter([first]: readonly Problem[], file: string): string {
  if (first && first.line > 0)
    return `Mend line ${first.line} of ${file}, then: faccina settings check ${file}`
  return first?.hint ?? `Mend ${file}, then: faccina settings check ${file}`
}
