import { join } from 'node:path'
import { type Problem, parseSettings, type Settings } from '../../settings/index.ts'
import { bootNames, errorText, nameProblems, settingsFilesIn } from './boot-files.ts'
import { carryOut, finishInterrupted, replaceFile } from './carry-out.ts'
import { type CertificateImport, importCertificate } from './certificate.ts'
import type { Disk } from './disk.ts'
import { failureProblem, planImport, type Step } from './plan.ts'
import { type Refused, refusedName, refusedText } from './refused.ts'

export interface ImportOptions {
  boot: string
  /** The settings file in force. */
  settings: string
  /** What is left here is gone with the next start of the computer. */
  run: string
  disk: Disk
  wall: number
  synchronised: boolean
  /** Absent where the terminal has no key of its own. */
  identity?: CertificateImport
}

/** What became of it, for whoever looks at the console. */
export interface Imported {
  /** What keeps the settings from being used; they are not in force then. */
  refused: readonly Problem[]
  /** What did not work, and does not keep the terminal from starting. */
  troubles: readonly Problem[]
  /** What was done, in words. */
  done: string[]
}

/** Brings what lies on the boot partition into force. Never rejects: nothing of it is in the way of a start. */
export async function importCard(options: ImportOptions): Promise<Imported> {
  const { boot, settings, disk } = options
  const told: { refused: readonly Problem[]; troubles: Problem[]; done: string[] } = {
    refused: [],
    troubles: [],
    done: [],
  }
  const attempt = async (path: string, work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      told.troubles.push(failureProblem(path, error))
    }
  }
  const names = await disk.list(boot).catch((error) => {
    told.troubles.push(failureProblem(boot, error))
    return undefined
  })
  if (names) {
    const found = settingsFilesIn(names)
    const path = join(boot, found.settings ?? bootNames.settings)
    await attempt(boot, () => finishInterrupted(path, options, disk))
    const problems = nameProblems(found, boot)
    if (problems.length > 0) told.refused = problems
    else
      await attempt(path, async () => {
        told.refused = await take(path, options, told)
      })
  }
  const inForce = await settingsInForce(options)
  if (!inForce && told.refused.length === 0) told.refused = [nothingThere(boot, settings)]
  if (inForce && names)
    await attempt(boot, () =>
      importCertificate(inForce, options, told.done, (one) => told.troubles.push(one)),
    )
  await tellRefused({ problems: told.refused, othersInForce: inForce !== undefined }, names, options, attempt)
  return told
}

/** Brings one settings file into force, and says what keeps it from that. */
async function take(
  path: string,
  { boot, settings, disk, wall, synchronised }: ImportOptions,
  told: { troubles: Problem[]; done: string[] },
): Promise<readonly Problem[]> {
  const bytes = await disk.read(path)
  if (!bytes) return []
  const plan = await planImport({
    path,
    bytes,
    inForce: await disk.read(settings),
    read: (file) => disk.read(file),
    ...(synchronised && { wall }),
  })
  if (!plan.ok) return plan.problems
  const places = { boot, settings, storage: plan.settings.storage.directory }
  for (const step of plan.steps) {
    try {
      await carryOut(step, places, disk)
      told.done.push(stepWords(step, places))
    } catch (error) {
      const problem = failureProblem(
        step.do === 'wipe' || step.do === 'boot' ? boot : placeOf(step, places),
        error,
      )
      // What comes after needs what came before; but what only wipes does not keep the settings from being used.
      if (step.do !== 'wipe' && step.do !== 'boot') return [problem]
      told.troubles.push(problem)
    }
  }
  return []
}

const placeOf = (step: Step, { settings, storage }: { settings: string; storage: string }) =>
  step.do === 'settings' ? settings : storage

function stepWords(step: Step, { settings, storage }: { settings: string; storage: string }): string {
  switch (step.do) {
    case 'keep':
      return `${step.name} is kept in ${storage}/secrets`
    case 'commission':
      return 'the terminal will test itself'
    case 'settings':
      return `${settings} is in force`
    case 'wipe':
      return `${step.path} is wiped`
    case 'boot':
      return `${step.path} says what is in force, without secrets`
  }
}

async function settingsInForce({ disk, settings }: ImportOptions): Promise<Settings | undefined> {
  const text = await disk.read(settings).catch(() => undefined)
  const parsed = text && parseSettings(text.toString(), settings)
  return parsed?.ok ? parsed.settings : undefined
}

function nothingThere(boot: string, settings: string): Problem {
  return {
    file: join(boot, bootNames.settings),
    line: 0,
    column: 0,
    key: '',
    found: `no such file, and none in ${settings}`,
    allowed: '',
    hint: `Put the settings of this counter on the card, in the part that Windows shows, as ${bootNames.settings}.`,
  }
}

/** On the boot partition for who edits the file, beside the daemon for its panel; both go when all is right. */
async function tellRefused(
  { problems, othersInForce }: Omit<Refused, 'file'>,
  names: readonly string[] | undefined,
  options: ImportOptions,
  attempt: (path: string, work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { boot, run, disk } = options
  const onBoot = join(boot, bootNames.error)
  const refused = join(run, refusedName)
  if (problems.length === 0) {
    if (names?.some((name) => name.toLowerCase() === bootNames.error))
      await attempt(boot, async () => {
        await disk.remove(onBoot)
        await disk.syncDirectory(boot)
      })
    await attempt(run, () => disk.remove(refused))
    return
  }
  const file = join(boot, bootNames.settings)
  await attempt(run, () => writeRun(refused, refusedText({ file, problems, othersInForce }), options))
  if (names)
    await attempt(boot, async () => {
      const bytes = Buffer.from(errorText(problems))
      if ((await disk.read(onBoot))?.equals(bytes)) return
      await disk.write(onBoot, bytes)
      await disk.syncDirectory(boot)
    })
}

async function writeRun(path: string, text: string, { run, disk }: ImportOptions): Promise<void> {
  await disk.makeDirectory(run)
  // The terminal's user reads it.
  await replaceFile(path, Buffer.from(text), undefined, disk)
}
