import t from 'tap'
import { findDisplay } from '../../src/panels/choose-display.ts'
import { readProfile } from '../../src/panels/profile/profile-files.ts'

/** A bus on which these addresses answer. */
function bus(...answering: number[]) {
  let closed = 0
  const handle = {
    async i2cRead(address: number) {
      if (!answering.includes(address)) throw Object.assign(new Error('EREMOTEIO'), { code: 'EREMOTEIO' })
    },
    async close() {
      closed++
    },
  }
  return { load: async () => ({ openPromisified: async () => handle }), closed: () => closed }
}

/** What answers → the display, beside a profile with an OLED at 0x3C. */
const cases: [number[], object | undefined][] = [
  [[0x3c], { driver: 'oled', address: 0x3c, size: '128x64' }],
  [[0x3d], { driver: 'oled', address: 0x3d }],
  [[0x27], { driver: 'lcd', address: 0x27, size: '20x4', bus: 1 }],
  [[0x5a, 0x3f], { driver: 'lcd', address: 0x3f }],
  [[0x27, 0x3c], { driver: 'oled', address: 0x3c }],
  [[0x5a], undefined],
]

t.test('the display that answers is the one that is taken', async (t) => {
  const profile = await readProfile('arcade-linux')
  for (const [answering, display] of cases) {
    const { load, closed } = bus(...answering)
    const found = await findDisplay(profile, load)
    if (display) t.match(found?.display, display, `${answering}`)
    else t.equal(found, undefined)
    t.equal(closed(), 1)
  }
  t.match(await findDisplay(profile, bus(0x27).load), { why: 'LCD answers at 0x27 on /dev/i2c-1' })
  t.match(await findDisplay(await readProfile('arcade-usb'), bus(0x3c).load), {
    display: { driver: 'oled', address: 0x3c, contrastPercent: 60 },
  })
})

t.test('where nothing can be asked the profile has the last word', async (t) => {
  const absent = async () => {
    throw new Error("Cannot find package 'i2c-bus'")
  }
  t.equal(await findDisplay(await readProfile('arcade-linux'), absent), undefined)
  t.equal(await findDisplay(await readProfile('browser'), bus(0x3c).load), undefined)
})
