import { formatProblem, type Problem } from '../../settings/index.ts'

/** The files on the boot partition that a technician meets. */
export const bootNames = {
  settings: 'faccina.yaml',
  error: 'faccina-error.txt',
  request: 'faccina-request.pem',
  certificate: 'faccina-certificate.pem',
} as const

/** While it takes the place of the settings file; none but this program makes it. */
export const newName = 'faccina.new'

/** What people's computers make of `faccina.yaml`: with an ending of their own behind it, or another one. */
const mistaken =
  /^faccina(\.ya?ml)?(\.txt|\.rtf|\.yml|\.yaml|\.doc|\.docx|\.odt)$|^faccina$|^faccina \(?\d\)?\.yaml$/i

/**
 * Which of these files holds the settings (a vfat does not mind capitals), and those that were probably meant to.
 * @param names what lies on the boot partition
 */
export function settingsFilesIn(names: readonly string[]): { settings?: string; mistaken: string[] } {
  const settings = names.find((name) => name.toLowerCase() === bootNames.settings)
  const others = names.filter((name) => name !== settings && mistaken.test(name))
  return { ...(settings !== undefined && { settings }), mistaken: others.sort() }
}

/** What is said of files whose names are not right. */
export function nameProblems(
  { settings, mistaken }: { settings?: string; mistaken: readonly string[] },
  directory: string,
): Problem[] {
  return mistaken.map((name) => ({
    file: `${directory}/${name}`,
    line: 0,
    column: 0,
    key: '',
    found: settings === undefined ? 'a name that is not right' : `a second file beside ${bootNames.settings}`,
    allowed: settings === undefined ? bootNames.settings : '',
    hint:
      settings === undefined
        ? `Rename it to ${bootNames.settings}. Windows shows the last part of a name after View > File name extensions.`
        : `Keep the right one of the two, named ${bootNames.settings}, and delete the other.`,
  }))
}

/** What `faccina-error.txt` says, for an editor on Windows. */
export function errorText(problems: readonly Problem[]): string {
  const lines = [
    `The settings in ${bootNames.settings} cannot be used yet. Until they are right, the terminal goes on with those it has.`,
    '',
    ...problems.flatMap((problem) => [`* ${formatProblem(problem)}`, '']),
    `Mend this in ${bootNames.settings}, put the card back and switch the terminal on. This file goes away by itself.`,
  ]
  return `${lines.join('\r\n')}\r\n`
}
