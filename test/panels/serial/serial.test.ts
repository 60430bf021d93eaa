import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SerialPortMock } from 'serialport'
import t, { type Test } from 'tap'
import { HardwareError } from '../../../src/panels/errors.ts'
import { findSerial, type SerialKind } from '../../../src/panels/serial/find-serial.ts'
import { closeSerial, openSerial, type Serial } from '../../../src/panels/serial/open-serial.ts'
import { serialPluggedIn } from '../../../src/panels/serial/plugged-in.ts'

const byId = '/dev/serial/by-id'
const uno = `${byId}/usb-Arduino__www.arduino.cc__0043_75830303934351A0E0F1-if00`
const ch340 = `${byId}/usb-1a86_USB_Serial-if00-port0`
const ftdi = `${byId}/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0`

/** A computer with these files. */
async function computer(test: Test, files: readonly string[]): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'faccina-serial-'))
  test.teardown(() => rm(root, { recursive: true, force: true }))
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), '')
  }
  return root
}

const table: [what: string, kind: SerialKind, files: string[], found: string | RegExp][] = [
  ['the only adapter is the display', 'nextion', [ch340], ch340],
  ['the only adapter is the Arduino', 'arduino', [ch340], ch340],
  ['an Arduino is not the display', 'nextion', [uno, ch340], ch340],
  ['what says that it is an Arduino is', 'arduino', [uno, ch340, ftdi], uno],
  [
    'several',
    'nextion',
    [ch340, ftdi],
    /^2 serial devices may be the Nextion: .*1a86.*, .*FTDI.*display\.device/,
  ],
  [
    'several Arduinos',
    'arduino',
    [uno, `${uno}2`, ch340],
    /^2 serial devices may be the Arduino: .*keys\.device/,
  ],
  ['the pins of a Pi', 'nextion', ['/dev/serial0'], '/dev/serial0'],
  ['an adapter goes before the pins', 'nextion', ['/dev/serial0', ftdi], ftdi],
  ['only an Arduino', 'nextion', [uno], /^none of the serial devices looks like the Nextion \(.*Arduino/],
  [
    'nothing, for the display',
    'nextion',
    ['/dev/null'],
    /plug the USB cable.*enable_uart=1 into config\.txt/,
  ],
  [
    'nothing, for the Arduino',
    'arduino',
    ['/dev/null', '/dev/serial0'],
    /^nothing is in \/dev\/serial\/by-id: plug/,
  ],
  ['without udev, by the name of the kernel', 'arduino', ['/dev/ttyACM0', '/dev/ttyS0'], '/dev/ttyACM0'],
  ['with udev its name is waited for', 'arduino', ['/dev/ttyACM0', '/run/udev/control'], /^nothing is in/],
]

t.test('auto finds the one that it can be, or says what there is', async (t) => {
  for (const [what, kind, files, found] of table) {
    const root = await computer(t, files)
    if (typeof found === 'string') t.equal(await findSerial('auto', kind, { root }), join(root, found), what)
    else await t.rejects(findSerial('auto', kind, { root }), { name: 'HardwareError', message: found }, what)
  }
  t.equal(await findSerial('/dev/anything', 'nextion'), '/dev/anything', 'a path is taken as it is')
})

t.test('one that is gone is awaited by its name', async (t) => {
  const root = await computer(t, ['/dev/null'])
  const last = join(root, ch340)
  await t.rejects(findSerial('auto', 'nextion', { root, last }), {
    message: `${last} is gone: it is awaited; look at`,
  })
})

t.test('the serial console is refused', async (t) => {
  const root = await computer(t, ['/proc/consoles', '/dev/ttyAMA0'])
  await writeFile(join(root, 'proc/consoles'), 'ttyAMA0              -W- (EC  p a)  204:64\n')
  await symlink('ttyAMA0', join(root, 'dev/serial0'))
  const opening = openSerial(join(root, 'dev/serial0'), { baudRate: 9600, root, make: mock })
  await t.rejects(opening, {
    name: 'HardwareError',
    message:
      /serial0 \(ttyAMA0\) is the serial console: take console=.* cmdline\.txt, leave enable_uart=1 in config\.txt/,
  })
})

const mock = (options: { path: string; baudRate: number; autoOpen: false }): Serial =>
  new SerialPortMock(options)

/** A port whose opening fails as serialport says it. */
const failing = (message: string) => (options: { path: string; baudRate: number; autoOpen: false }) => {
  const port = new SerialPortMock(options)
  port.open = (done) => done?.(new Error(message))
  return port
}

t.test('what the kernel says, as something to do', async (t) => {
  const said: [path: string, message: string, words: RegExp][] = [
    [ch340, `Error: Permission denied, cannot open ${ch340}`, /group dialout \(sudo usermod -aG dialout/],
    [
      ch340,
      `Error: No such file or directory, cannot open ${ch340}`,
      /is not there: it is awaited; is it plugged in\?/,
    ],
    ['/dev/serial0', 'Error: No such file or directory, cannot open', /put enable_uart=1 into config\.txt/],
    [ch340, 'Error Resource temporarily unavailable Cannot lock port', /in use by another program: end it/],
    [ch340, 'Error: Input/output error, cannot open', /cannot be opened: Error: Input\/output/],
  ]
  for (const [path, message, words] of said) {
    const opening = openSerial(path, { baudRate: 9600, make: failing(message), root: '/nowhere' })
    const error = await opening.then(
      () => undefined,
      (refused) => refused,
    )
    t.ok(error instanceof HardwareError)
    t.match(error.message, words)
    t.ok(error.message.startsWith(path))
    t.equal(error.cause.message, message)
  }
})

t.test('the real serialport, at a path that is not there', async (t) => {
  const path = join(await computer(t, []), 'ttyUSB7')
  await t.rejects(openSerial(path, { baudRate: 9600 }), { message: `${path} is not there: it is awaited` })
})

t.test('an installation without serialport', async (t) => {
  const absent = Object.assign(new Error("Cannot find package 'serialport' imported from here"), {
    code: 'ERR_MODULE_NOT_FOUND',
  })
  const opening = openSerial(ch340, { baudRate: 9600, load: () => Promise.reject(absent) })
  await t.rejects(opening, {
    name: 'HardwareError',
    message: /^the module serialport is not there: this image or installation lacks it/,
  })
})

t.test('opened and closed, also twice', async (t) => {
  SerialPortMock.binding.createPort('/dev/ttyUSB60')
  const port = await openSerial('/dev/ttyUSB60', { baudRate: 9600, make: mock, root: '/nowhere' })
  t.ok(port.isOpen)
  await closeSerial(port)
  t.notOk(port.isOpen)
  await closeSerial(port)
})

t.test('something is plugged in', async (t) => {
  const root = await computer(t, ['/dev/null'])
  const over = new AbortController()
  let came = false
  const waiting = serialPluggedIn(over.signal, root).then(() => {
    came = true
  })
  await writeFile(join(root, 'dev/other'), '')
  t.notOk(came)
  await writeFile(join(root, 'dev/ttyUSB0'), '')
  await waiting
  t.ok(came)
  const none = serialPluggedIn(over.signal, '/nowhere')
  over.abort()
  await none
})
