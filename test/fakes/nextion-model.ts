import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { type Key, keys } from '../../src/domain/words.ts'

const definition = parse(
  readFileSync(new URL('../../hardware/nextion/faccina-page.yaml', import.meta.url), 'utf8'),
) as Definition

interface Definition {
  program: string[]
  displays: Record<
    string,
    { width: number; height: number; fonts: { id: number }[]; pages: PageDefinition[] }
  >
}
export interface PageDefinition {
  id: number
  objname: string
  components: ComponentDefinition[]
}
export type ComponentDefinition = { id: number; objname: string; type: string } & Record<
  string,
  string | number
>

export interface NextionModelOptions {
  /** As the maker names it; the first digits are the size. */
  name?: string
  /** Whether some firmware's done comes before the data of a question. */
  doneBeforeData?: boolean
  /** What is loaded: Faccina's pages as the definition says, or what a test makes of them. */
  change?: (pages: PageDefinition[]) => void
  /** Its Program.s; the definition's unless a test says otherwise. */
  program?: string[]
  /** Instructions wait until `work()` does them. */
  slow?: boolean
  /** The speed of the line as long as the page does not set it: what comes at another is noise. */
  baudRate?: number
}

interface Shown {
  definition: PageDefinition
  values: Map<string, Map<string, string | number>>
  touch: Map<string, boolean>
}

/**
 * A Nextion display that was loaded with the committed page definition: it takes instructions as bytes,
 * and answers, draws and is touched as the instruction set says. A component, attribute or font that it has
 * not is refused, so that the definition is tried too.
 */
export class NextionModel {
  /** Gets the bytes that it sends. */
  send: (bytes: Uint8Array) => void = () => {}
  /** The speed that the other side speaks at, where that matters. */
  theirSpeed: (() => number) | undefined
  /** Every instruction that it has carried out, or refused. */
  readonly instructions: string[] = []
  readonly refused: string[] = []
  /** What was drawn on the page with its own instructions. */
  drawn: string[] = []
  overflows = 0
  /** It hears nothing and says nothing, like one without power. */
  hung = false
  readonly #options: NextionModelOptions
  readonly #pages: PageDefinition[]
  readonly #fonts: number
  #bytes: Buffer = Buffer.alloc(0)
  #queue: Buffer[] = []
  #system: Record<string, number> = {}
  #speed: number
  #shown!: Shown
  #touched: ComponentDefinition | undefined

  constructor(options: NextionModelOptions = {}) {
    this.#options = options
    const { name = 'NX3224T028_011R', change, baudRate = 115_200 } = options
    const display = definition.displays[name.slice(0, 6)] ?? definition.displays.NX3224!
    this.#pages = structuredClone(display.pages)
    this.#fonts = display.fonts.length
    change?.(this.#pages)
    this.#speed = baudRate
    this.#reset()
  }

  /** Bytes from the other side. */
  receive(bytes: Uint8Array): void {
    if (this.hung) return
    const understood = !this.theirSpeed || this.theirSpeed() === this.#speed
    this.#take(understood ? Buffer.from(bytes) : Buffer.alloc(bytes.length, 0xf8))
  }

  #take(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    for (;;) {
      const at = this.#bytes.indexOf(end)
      if (at < 0) break
      this.#queue.push(this.#bytes.subarray(0, at))
      this.#bytes = this.#bytes.subarray(at + 3)
    }
    const waiting = this.#queue.reduce((sum, { length }) => sum + length + 3, this.#bytes.length)
    if (waiting > 1024) {
      this.overflows++
      this.#queue = []
      this.#bytes = Buffer.alloc(0)
      this.#say(0x24)
    }
    if (!this.#options.slow) while (this.work()) {}
  }

  /** Carries out one instruction; whether there was one. */
  work(): boolean {
    const next = this.#queue.shift()
    if (!next) return false
    const instruction = next.toString('utf8')
    this.instructions.push(instruction)
    const code = this.#do(instruction)
    if (typeof code !== 'number') return true
    if (code !== 0x01) this.refused.push(instruction)
    const level = this.#system.bkcmd!
    if (code === 0x01 ? level === 1 || level === 3 : level >= 2) this.#say(code)
    return true
  }

  /** Carries it out; the code of its answer, or `data` where it has answered already. */
  #do(instruction: string): number | 'data' {
    if (instruction === 'connect') return this.#hello()
    const [, verb, rest = ''] = /^(\w+)(?: (.*))?$/s.exec(instruction) ?? []
    switch (verb) {
      case 'page':
        return this.#load(rest)
      case 'get':
        return this.#get(rest)
      case 'sendme':
        return this.#data(0x66, this.#shown.definition.id)
      case 'tsw':
        return this.#switch(rest)
      case 'fill':
      case 'cirs':
        return this.#draw(instruction, verb === 'fill' ? 5 : 4)
    }
    const [, target, value] = /^([\w.]+)=(.*)$/s.exec(instruction) ?? []
    return target === undefined || value === undefined ? 0x00 : this.#assign(target, value)
  }

  #hello(): 'data' {
    const { name = 'NX3224T028_011R' } = this.#options
    this.#sendAll(Buffer.from(`comok 1,101,${name},52,61488,D264B8204F0E1828,16777216`, 'latin1'))
    return 'data'
  }

  #load(name: string): number {
    const page = this.#pages.find(({ objname, id }) => objname === name || String(id) === name)
    if (!page) return 0x03
    const values = page.components.map(
      (component) => [component.objname, new Map(Object.entries(component))] as const,
    )
    const touch = page.components.map(({ objname }) => [objname, true] as const)
    this.#shown = { definition: page, values: new Map(values), touch: new Map(touch) }
    this.drawn = []
    // A finger that is still down belongs to no component of the new page.
    this.#touched = undefined
    return 0x01
  }

  #get(what: string): number | 'data' {
    const [name = '', attribute = ''] = what.split('.')
    const value = attribute ? this.#shown.values.get(name)?.get(attribute) : this.#system[name]
    if (value === undefined) return 0x1a
    if (typeof value === 'string') return this.#data(0x70, ...Buffer.from(value, 'utf8'))
    const number = Buffer.alloc(4)
    number.writeInt32LE(value)
    return this.#data(0x71, ...number)
  }

  #data(...bytes: number[]): 'data' {
    if (this.#options.doneBeforeData) this.#say(0x01)
    this.#say(...bytes)
    return 'data'
  }

  #switch(parameters: string): number {
    const [, name, state] = /^(\w+),([01])$/.exec(parameters) ?? []
    if (name === undefined) return 0x1e
    if (!this.#shown.touch.has(name)) return 0x02
    this.#shown.touch.set(name, state === '1')
    return 0x01
  }

  #draw(instruction: string, count: number): number {
    const numbers = instruction.split(' ')[1]!.split(',')
    if (numbers.length !== count || !numbers.every((number) => /^\d{1,5}$/.test(number))) return 0x1e
    this.drawn.push(instruction)
    return 0x01
  }

  #assign(target: string, value: string): number {
    const [name = '', attribute] = target.split('.')
    if (attribute === undefined) {
      if (this.#system[name] === undefined) return 0x1a
      this.#system[name] = Number(value)
      if (name === 'baud') this.#speed = Number(value)
      return 0x01
    }
    const component = this.#shown.values.get(name)
    if (component?.get(attribute) === undefined) return 0x1a
    if (attribute === 'txt') return this.#text(component, value)
    const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN
    if (Number.isNaN(number)) return 0x1b
    if (attribute === 'font' && number >= this.#fonts) return 0x05
    component.set(attribute, number)
    return 0x01
  }

  #text(component: Map<string, string | number>, value: string): number {
    const inner = /^"((?:[^"\\]|\\.)*)"$/s.exec(value)?.[1]
    if (inner === undefined) return 0x1b
    if (/\\[^r"\\]/.test(inner.replaceAll('\\\\', ''))) return 0x20
    const text = inner.replace(/\\(.)/g, (_, sign) => (sign === 'r' ? '\n' : sign))
    if (Buffer.byteLength(text) > Number(component.get('txt_maxl'))) return 0x1b
    component.set('txt', text)
    return 0x01
  }

  #say(...bytes: number[]): void {
    this.#sendAll(Buffer.from(bytes))
  }

  #sendAll(bytes: Uint8Array): void {
    if (this.hung) return
    const all = Buffer.concat([bytes, end])
    this.send(this.theirSpeed && this.theirSpeed() !== this.#speed ? Buffer.alloc(all.length, 0x9c) : all)
  }

  #reset(): void {
    this.#system = { bkcmd: 2, dim: 100, sendxy: 0, thsp: 0, ussp: 0, sleep: 0, recmod: 0, baud: this.#speed }
    // Global numbers exist only where Program.s declares them.
    const { program = definition.program } = this.#options
    for (const line of program) {
      for (const [, name] of line.startsWith('int ') ? line.matchAll(/(\w+)=0/g) : []) this.#system[name!] = 0
    }
    this.#bytes = Buffer.alloc(0)
    this.#queue = []
    this.#load('0')
  }

  // What happens in front of it.

  /** The finger goes down on the first component that means a key. */
  press(key: Key): void {
    const component = this.#shown.definition.components.find(({ objname }) => keyOf(objname) === key)
    if (!component) throw new Error(`the page ${this.page} has nothing for ${key}`)
    this.touch(component.objname)
  }

  /** The finger goes down on a component. */
  touch(name: string): void {
    const { definition: page, touch } = this.#shown
    const component = page.components.find(({ objname }) => objname === name)!
    this.#point(1)
    if (component.sendComponentId !== 'press and release' || !touch.get(name)) return
    this.#touched = component
    this.#say(0x65, page.id, component.id, 1)
  }

  /** The finger leaves the glass. */
  release(): void {
    if (this.#touched) this.#say(0x65, this.#shown.definition.id, this.#touched.id, 0)
    this.#touched = undefined
    this.#point(0)
  }

  #point(edge: 0 | 1): void {
    if (this.#system.sendxy === 1) this.#say(0x67, 0, 100, 0, 100, edge)
  }

  /** Its power goes and comes back. */
  powerCycle(): void {
    this.hung = false
    this.#touched = undefined
    this.#reset()
    this.#say(0x00, 0x00, 0x00)
    this.#say(0x88)
  }

  /** It restarts, and nobody hears it. */
  restartUnheard(): void {
    this.#reset()
  }

  /** It falls asleep by itself. */
  fallAsleep(): void {
    this.#system.sleep = 1
    this.#say(0x86)
  }

  get page(): string {
    return this.#shown.definition.objname
  }

  system(name: string): number | undefined {
    return this.#system[name]
  }

  value(name: string, attribute: string): string | number | undefined {
    return this.#shown.values.get(name)?.get(attribute)
  }

  /** What can be read, by component; lines are parted by line feeds. */
  get texts(): Record<string, string> {
    const entries = [...this.#shown.values]
      .filter(([, component]) => component.get('type') === 'Text' && component.get('txt'))
      .map(([name, component]) => [name, String(component.get('txt'))] as const)
    return Object.fromEntries(entries)
  }

  /** The keys that a finger could press. */
  get keys(): Key[] {
    const { definition: page, touch } = this.#shown
    const felt = page.components
      .filter(({ objname }) => touch.get(objname))
      .map(({ objname }) => keyOf(objname))
    return keys.filter((key) => felt.includes(key))
  }
}

const end = Buffer.from([0xff, 0xff, 0xff])

/** Told from the names alone, since the ids are what is to be tried. */
function keyOf(name: string): Key | undefined {
  const place = Number(name.at(-1)) - 1
  if (/^(face|label)\d$/.test(name)) return keys[place]
  if (/^reason\d$/.test(name)) return keys[3 + place]
  return name === 'skip' || name === 'language' ? name : undefined
}
