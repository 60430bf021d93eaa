import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { GapEvent, TotalsMessage, VoteEvent } from '../../src/contract/schemas.ts'
import { openDatabase } from '../../src/subscriber/database/open-database.ts'
import { plainly } from '../plainly.ts'
import { Child } from './children.ts'
import { folder } from './folder.ts'
import { openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'
import { program, TerminalChild } from './terminal-child.ts'

/**
 * The card of a terminal is exchanged: its votes go with a backup, and however the two cards are mixed up, each vote
 * is told exactly once. Debian: mosquitto.
 */

interface Said {
  code: number
  text: string
}

function faccina(args: string[], input = ''): Promise<Said> {
  return new Promise((resolve) => {
    const child = execFile(
      ...plainly(process.execPath, [program, ...args]),
      { timeout: 60_000 },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), text: stdout + stderr }),
    )
    child.stdin!.end(input)
  })
}

/** A place for cards: the one that is in the terminal is `store`. */
class Slot {
  readonly directory: string
  readonly store: string
  readonly settings: string

  constructor(directory: string) {
    this.directory = directory
    this.store = join(directory, 'store')
    this.settings = join(directory, 'faccina.yaml')
  }

  /** Takes the card out, and puts that one in, or a new one. */
  exchange(out: string, card?: string): void {
    renameSync(this.store, join(this.directory, out))
    if (card === undefined) mkdirSync(this.store)
    else renameSync(join(this.directory, card), this.store)
  }

  path(name: string): string {
    return join(this.directory, name)
  }

  backup(file: string): Promise<Said> {
    return faccina(['backup', this.path(file), '--move', '--settings', this.settings])
  }

  restore(file: string, code: string): Promise<Said> {
    const places = ['--directory', this.store, '--settings', this.settings]
    return faccina(['restore', this.path(file), ...places], `${code}\n`)
  }
}

function codeIn({ text }: Said): string {
  return /written down: (\S+)/.exec(text)?.[1] ?? 'none'
}

/** A terminal without a broker, for so long. */
async function votesWith(directory: string, faces: string[]): Promise<void> {
  await using terminal = await TerminalChild.start({ directory })
  for (const face of faces) await terminal.vote(face)
  await terminal.kill('SIGTERM')
}

/** Each vote and gap by its id: one content each. */
function contentsOf(subscriber: Subscriber): Map<string, string> {
  const contents = new Map<string, string>()
  for (const event of [...subscriber.of<VoteEvent>('vote'), ...subscriber.of<GapEvent>('gap')]) {
    const text = JSON.stringify(event)
    const before = contents.get(event.id) ?? text
    if (before !== text) throw new Error(`two contents: ${before} and ${text}`)
    contents.set(event.id, text)
  }
  return contents
}

async function completeIn(t: Test, database: string, votes: number): Promise<void> {
  await using open = await openDatabase(database, { readOnly: true })
  const progress = await open.progress()
  t.equal(progress.length, 2, 'two epochs')
  for (const { complete, highest } of progress) t.equal(complete, highest)
  t.equal(
    progress.reduce((sum, { highest }) => sum + highest, 0),
    votes,
  )
}

t.test('a card is exchanged with votes waiting', async (t) => {
  const slot = new Slot(await folder(t))
  await using broker = await openMosquitto()
  await using subscriber = await Subscriber.open(broker.port)
  const url = `mqtt://127.0.0.1:${broker.port}`
  const { directory } = slot

  // Three are published, and the broker keeps the totals; nobody has them in a database yet.
  {
    await using terminal = await TerminalChild.start({ directory, broker: url })
    for (const face of ['satisfied', 'neutral', 'satisfied']) await terminal.vote(face)
    await subscriber.until(() => subscriber.of<TotalsMessage>('totals').at(-1)?.sequence === 3)
    await terminal.kill('SIGTERM')
  }
  // Two more wait.
  {
    await using terminal = await TerminalChild.start({ directory })
    await terminal.vote('satisfied')
    const busy = await slot.backup('early')
    t.equal(busy.code, 1)
    t.match(busy.text, /process \d+.*stop the terminal first: sudo systemctl stop faccina/)
    t.notOk(existsSync(slot.path('early')))
    await terminal.vote('neutral')
    await terminal.kill('SIGTERM')
  }
  mkdirSync(join(slot.store, 'secrets'), { mode: 0o700 })
  writeFileSync(join(slot.store, 'secrets', 'broker-password'), 'Hush-42', { mode: 0o600 })
  const made = await slot.backup('moved')
  t.equal(made.code, 0, made.text)
  t.match(made.text, /2 votes in it wait for the broker/)
  t.equal(statSync(slot.path('moved')).mode & 0o777, 0o600)
  t.notMatch(readFileSync(slot.path('moved'), 'latin1'), /Hush-42|faccina:\/\//)

  // The old card is closed, also for itself.
  await refusesVotes(t, slot)
  const again = await slot.backup('again')
  t.equal(again.code, 0, 'it may be made again, if the file is lost')

  // The new card has been started once before the technician thought of the backup.
  slot.exchange('old')
  await votesWith(directory, [])
  const wrong = await slot.restore('moved', 'aaaa-bbbb-cccc-dddd-eeee')
  t.match(wrong, { code: 1, text: /not the code of this backup/ })
  t.notOk(existsSync(join(slot.store, 'restoring')))
  const restored = await slot.restore('moved', codeIn(made).toUpperCase().replaceAll('-', ' '))
  t.equal(restored.code, 0, restored.text)
  t.match(restored.text, /2 votes wait to be published from here/)
  t.same(readdirSync(slot.store).sort(), ['card', 'journal', 'secrets', 'state.json'])
  t.equal(readFileSync(join(slot.store, 'secrets', 'broker-password'), 'utf8'), 'Hush-42')
  t.equal(statSync(join(slot.store, 'secrets')).mode & 0o777, 0o700)

  const twice = await slot.restore('moved', codeIn(made))
  t.match(twice, { code: 1, text: /restored to this card already/ })

  // The collector comes only now: the first three votes it has to ask the new card for.
  const database = join(directory, 'votes.sqlite')
  await using collector = new Child(process.execPath, [
    ...[program, 'collect', '--broker', url, '--database', database],
  ])
  await collector.said(/connected/)
  await using terminal = await TerminalChild.start({ directory, broker: url })
  await terminal.vote('neutral')
  await terminal.said(/connected/)
  await subscriber.until(() => subscriber.of('vote').length >= 5)
  await terminal.vote('satisfied')
  const committed = () => subscriber.of<{ epoch: string; sequence: number }>('committed')
  const said = (sequence: number) => committed().some((one) => one.sequence === sequence)
  // The five of the old card and the two of the new one.
  await subscriber.until(() => said(5) && said(2), 120_000)
  t.equal(contentsOf(subscriber).size, 7)
  t.equal(await terminal.kill('SIGTERM'), 0)
  t.equal(await collector.kill('SIGTERM'), 0)
  t.same(subscriber.of('gap'), [], 'nothing is said to be lost')
  await completeIn(t, database, 7)

  await t.test('to another card it is not restored any more', async (t) => {
    slot.exchange('new')
    t.match(await slot.restore('moved', codeIn(made)), { code: 1, text: /to another card already/ })
    t.notOk(existsSync(join(slot.store, 'journal')))
  })
  await t.test('nor to one that has votes of its own', async (t) => {
    await votesWith(directory, ['neutral'])
    t.match(await slot.restore('again', codeIn(again)), { code: 1, text: /has 1 votes of its own/ })
  })
  await t.test('nor to the old one, which is put back', async (t) => {
    slot.exchange('another', 'old')
    t.match(await slot.restore('again', codeIn(again)), { code: 1, text: /was moved to another card/ })
    await refusesVotes(t, slot, url)
    await completeIn(t, database, 7)
  })
})

/** Its panel is out of service, it says why, and it is not heard of. */
async function refusesVotes(t: Test, { directory, settings }: Slot, broker?: string): Promise<void> {
  await using terminal = await TerminalChild.start({
    directory,
    awaitReady: false,
    ...(broker && { broker }),
  })
  await terminal.said(
    /no journal.*this card's journal was moved to another card on \d{4}-\d\d-\d\d; put that card in/,
  )
  await terminal.scene(({ at }) => at === 'fault')
  t.equal(await terminal.press('satisfied'), 204)
  await terminal.scene(({ at }) => at === 'fault')
  await terminal.kill('SIGTERM')
  t.notMatch(terminal.output, /connected|thanking/)
  const { code, text } = await faccina(['doctor', '--settings', settings])
  t.equal(code, 1)
  t.match(text, /✗ journal {7}this card's journal was moved to another card on \S+\n\s+→ Put that card in/)
}
