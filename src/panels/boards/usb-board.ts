import type { Clock } from '../../ports/clock.ts'
import { pause } from '../../ports/clock.ts'
import type { PanelContext } from '../drivers.ts'
import { HardwareError } from '../errors.ts'
import { Mended } from '../mended.ts'
import { type Import, loadOptional } from '../optional.ts'
import { findSerial } from '../serial/find-serial.ts'
import { type OpenSerialOptions, openSerial } from '../serial/open-serial.ts'
import { serialPluggedIn } from '../serial/plugged-in.ts'
import { firmata, sysex } from './firmata-messages.ts'
import { FirmataWire } from './firmata-wire.ts'
import { type FiveBoard, type FiveIo, openFive } from './five.ts'

/** An Arduino with Firmata, as a board of johnny-five. */
export interface UsbBoard extends AsyncDisposable {
  readonly path: string
  readonly five: FiveBoard
  readonly wire: FirmataWire
  /** What its firmware calls itself. */
  readonly firmware: string
}

/** What it finds around it; tests put other things in their place. */
export interface UsbWorld {
  /** The folder that takes the place of `/`. */
  root?: string
  make?: OpenSerialOptions['make']
  load?: Import
}

/** The Arduino of a profile, shared by all parts that are on it. */
export function shareUsbBoard(
  device: string,
  { share, clock, log }: Pick<PanelContext, 'share' | 'clock' | 'log'>,
  world: UsbWorld = {},
): Promise<Mended<UsbBoard>> {
  return share(`usb ${device}`, () => {
    const what = device === 'auto' ? 'Arduino' : `Arduino on ${device}`
    let last: string | undefined
    const open = async (fail: (error: Error) => void, signal: AbortSignal) => {
      const path = await findSerial(device, 'arduino', { last, ...(world.root && { root: world.root }) })
      last = path
      return openUsbBoard({ path, fail, signal, clock, world })
    }
    const sooner = (signal: AbortSignal) => serialPluggedIn(signal, world.root)
    return new Mended({ what, open, sooner, clock, log }).start()
  })
}

export interface OpenUsbBoardOptions {
  path: string
  /** Called once when the board is gone, hangs, or is no longer as it was set up. */
  fail(error: Error): void
  signal: AbortSignal
  clock: Clock
  world?: UsbWorld
}

/** What Firmata speaks at. */
const baudRate = 57_600
/** Opening resets most boards: then the bootloader waits, and other firmwares than ours blink their version. */
const readyMs = 8_000
/** Boards that are not reset say nothing by themselves. */
const askMs = 500

/** Rejects with a `HardwareError` that says what to look at. */
export async function openUsbBoard(options: OpenUsbBoardOptions): Promise<UsbBoard> {
  const { path, fail, signal, clock, world = {} } = options
  const { make, root } = world
  const port = await openSerial(path, { baudRate, ...(make && { make }), ...(root && { root }) })
  const over = new AbortController()
  const end = () => over.abort()
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  let lost: Error | undefined
  let tell = (error: Error) => {
    lost = error
    end()
  }
  const wire = new FirmataWire({ port, path, clock, fail: (error) => tell(error) })
  try {
    const board = await setUp(wire, { ...options, world, signal: over.signal })
    tell = fail
    wire.watch()
    return board
  } catch (error) {
    await wire[Symbol.asyncDispose]()
    throw lost ?? error
  } finally {
    signal.removeEventListener('abort', end)
  }
}

interface FirmataModule {
  new (transport: FirmataWire, options: { reportVersionTimeout: number }): FirmataIo
}

type FirmataIo = FiveIo & {
  firmware: { name?: string }
  reportVersionTimeoutId?: NodeJS.Timeout
}

async function setUp(wire: FirmataWire, options: OpenUsbBoardOptions): Promise<UsbBoard> {
  const { path, fail, signal, clock, world } = options
  const Firmata = await loadOptional<FirmataModule>('firmata', world?.load)
  // We ask by ourselves, and sooner.
  const io = new Firmata(wire, { reportVersionTimeout: 60_000 })
  clearTimeout(io.reportVersionTimeoutId)
  io.on('error', () => {})
  await greet(io, wire, signal, clock)
  const five = await openFive(io, {
    clock,
    signal,
    fail,
    reset: false,
    ...(world?.load && { load: world.load }),
  })
  const firmware = (io.firmware.name ?? 'an unknown firmware').replaceAll('\0', '')
  const dispose = async () => {
    await wire[Symbol.asyncDispose]()
    await five[Symbol.asyncDispose]()
  }
  return { path, five, wire, firmware, [Symbol.asyncDispose]: dispose }
}

/** Asks for the firmware's name again and again, until Firmata has all that it wants to know. */
async function greet(io: FirmataIo, wire: FirmataWire, signal: AbortSignal, clock: Clock): Promise<void> {
  const over = new AbortController()
  const end = () => over.abort()
  signal.addEventListener('abort', end, { once: true })
  io.on('ready', end)
  const until = clock.now().mono + readyMs
  let known = false
  // From then on it asks by itself, and would be asked too much.
  io.on('queryfirmware', () => {
    known = true
  })
  while (!over.signal.aborted && clock.now().mono < until) {
    if (!known) wire.write(hello)
    await pause(clock, askMs, over.signal)
  }
  signal.removeEventListener('abort', end)
  if (!io.isReady) throw new HardwareError(silent(wire.path))
}

/** Ends what was broken off, then asks for the version and the name. */
const hello = Uint8Array.of(
  firmata.endSysex,
  firmata.version,
  firmata.sysex,
  sysex.firmware,
  firmata.endSysex,
)

function silent(path: string): string {
  return `${path}: what is plugged in does not speak Firmata: if it is the Arduino, flash it as hardware/firmware/README.md says, or press its reset button; if not, say in the profile which device it is`
}

/** What a part on a board needs to come and go with it. */
interface OnBoard {
  board: UsbBoard
  /** To be disposed of with the part. */
  watch: Disposable
}

/**
 * A part on a board, once that is open. Rejects with what is wrong with the board while it is not.
 * @param fail called when the board has gone
 * @param open opens the part
 */
export async function onUsbBoard<Part>(
  shared: Mended<UsbBoard>,
  fail: (error: Error) => void,
  signal: AbortSignal,
  open: (on: OnBoard) => Part | Promise<Part>,
): Promise<Part> {
  if (isBeingOpened(shared)) await changed(shared, signal)
  const board = shared.current
  const condition = shared.condition()
  if (!board) throw new HardwareError(condition.is === 'broken' ? condition.problem : 'the Arduino is gone')
  const watch = shared.onCondition(() => {
    const now = shared.condition()
    if (now.is === 'broken') fail(new HardwareError(now.problem))
  })
  try {
    return await open({ board, watch })
  } catch (error) {
    watch[Symbol.dispose]()
    throw error
  }
}

/**
 * Resolves when the board of a part has been opened anew, or nobody waits any longer. That it is open now
 * is no reason to try again: it was when the part could not be had on it.
 */
export function usbBoardOpened(shared: Mended<UsbBoard>, signal: AbortSignal): Promise<void> {
  const now = shared.current
  return first((end) => shared.onOpen((board) => board !== now && end()), signal)
}

/** Its first attempt has not ended: nothing is known about it. */
function isBeingOpened(shared: Mended<UsbBoard>): boolean {
  const condition = shared.condition()
  return condition.is === 'broken' && condition.problem.endsWith(': being opened')
}

function changed(shared: Mended<UsbBoard>, signal: AbortSignal): Promise<void> {
  return first((end) => shared.onCondition(end), signal)
}

/** Resolves at the first call of a listener, or at the signal. */
async function first(listen: (end: () => void) => Disposable, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  let listening: Disposable | undefined
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
    listening = listen(resolve)
  })
  listening?.[Symbol.dispose]()
}
