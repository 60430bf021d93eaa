/**
 * The input event codes that the buttons of a panel may have, as the kernel numbers them
 * (`linux/input-event-codes.h`): those of arcade encoders, joysticks, keyboards, keypads and touch chips.
 */

/** The highest code of a key that there is, KEY_MAX. */
const highestCode = 0x2ff

/** Names that follow each other, from a first number on. */
const rows: readonly [first: number, names: string][] = [
  [1, 'ESC 1 2 3 4 5 6 7 8 9 0 MINUS EQUAL BACKSPACE TAB'],
  [16, 'Q W E R T Y U I O P LEFTBRACE RIGHTBRACE ENTER LEFTCTRL'],
  [30, 'A S D F G H J K L SEMICOLON APOSTROPHE GRAVE LEFTSHIFT BACKSLASH'],
  [44, 'Z X C V B N M COMMA DOT SLASH RIGHTSHIFT KPASTERISK LEFTALT SPACE CAPSLOCK'],
  [59, 'F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NUMLOCK SCROLLLOCK'],
  [71, 'KP7 KP8 KP9 KPMINUS KP4 KP5 KP6 KPPLUS KP1 KP2 KP3 KP0 KPDOT'],
  [87, 'F11 F12'],
  [96, 'KPENTER RIGHTCTRL KPSLASH'],
  [100, 'RIGHTALT'],
  [102, 'HOME UP PAGEUP LEFT RIGHT END DOWN PAGEDOWN INSERT DELETE'],
  [113, 'MUTE VOLUMEDOWN VOLUMEUP'],
  [117, 'KPEQUAL'],
  [125, 'LEFTMETA RIGHTMETA COMPOSE'],
  [139, 'MENU'],
  [183, 'F13 F14 F15 F16 F17 F18 F19 F20 F21 F22 F23 F24'],
  [0x200, numbered('NUMERIC_', 0, 9)],
]

const buttonRows: readonly [first: number, names: string][] = [
  [0x100, numbered('', 0, 9)],
  [0x110, 'LEFT RIGHT MIDDLE SIDE EXTRA FORWARD BACK TASK'],
  [0x120, 'TRIGGER THUMB THUMB2 TOP TOP2 PINKIE BASE BASE2 BASE3 BASE4 BASE5 BASE6'],
  [0x130, 'SOUTH EAST C NORTH WEST Z TL TR TL2 TR2 SELECT START MODE THUMBL THUMBR'],
  [0x14a, 'TOUCH'],
  [0x220, 'DPAD_UP DPAD_DOWN DPAD_LEFT DPAD_RIGHT'],
  [0x2c0, numbered('TRIGGER_HAPPY', 1, 40)],
]

/** What is printed on a pad is not always where it lies. */
const synonyms: readonly [name: string, same: string][] = [
  ['BTN_A', 'BTN_SOUTH'],
  ['BTN_B', 'BTN_EAST'],
  ['BTN_X', 'BTN_NORTH'],
  ['BTN_Y', 'BTN_WEST'],
  ['BTN_JOYSTICK', 'BTN_TRIGGER'],
  ['BTN_GAMEPAD', 'BTN_SOUTH'],
  ['BTN_TRIGGER_HAPPY', 'BTN_TRIGGER_HAPPY1'],
]

/** Every name, and its number. */
export const eventCodes: ReadonlyMap<string, number> = table()

/** The number of a code that a profile names, or writes as a number; nothing where there is none. */
export function eventCode(written: string): number | undefined {
  if (!/^\d+$/.test(written)) return eventCodes.get(written)
  const number = Number(written)
  return number > 0 && number <= highestCode ? number : undefined
}

function table(): Map<string, number> {
  const codes = new Map<string, number>()
  const add = (prefix: string, [first, names]: readonly [number, string]) => {
    for (const [i, name] of names.split(' ').entries()) codes.set(`${prefix}${name}`, first + i)
  }
  for (const row of rows) add('KEY_', row)
  for (const row of buttonRows) add('BTN_', row)
  for (const [name, same] of synonyms) codes.set(name, codes.get(same)!)
  return codes
}

function numbered(prefix: string, from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, i) => `${prefix}${from + i}`).join(' ')
}
