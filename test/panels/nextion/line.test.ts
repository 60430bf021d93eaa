import t from 'tap'
import { openNextionDisplay } from '../../../src/panels/displays/nextion/open-nextion.ts'
import { turns } from '../../fakes/until.ts'
import { nextionRig, passing, sceneAt } from './rig.ts'

t.test('the pages as a citizen sees them', async (t) => {
  const rig = await (await nextionRig(t)).ready()
  const { model } = rig
  await rig.show(sceneAt('idle'))
  t.equal(model.page, 'faces')
  t.match(model.texts, {
    title: 'Come valuta\nil nostro servizio?',
    label1: 'Buono',
    language: 'DE SL FR EN',
  })
  t.strictSame(model.keys, ['satisfied', 'neutral', 'dissatisfied', 'language'])
  t.ok(model.drawn.length > 50, 'the faces are drawn')
  await rig.show(sceneAt('asking', 'sl', ['it', 'sl']))
  t.equal(model.page, 'reasons')
  t.match(model.texts, { reason1: 'Čas čakanja', skip: /Ne želim/, language: 'Italiano' })
  t.strictSame(model.keys, ['reason-1', 'reason-2', 'reason-3', 'reason-4', 'skip', 'language'])
  await rig.show(sceneAt('thanking', 'fr'))
  t.match(model.texts, { title: 'Merci !', hint: /enregistré/ })
  t.strictSame(model.refused, ['', 'DRAKJHSUYDGBNCJHGJKSHBDN'], 'nothing but the greeting was refused')
  t.equal(model.system('bkcmd'), 3)
  t.equal(rig.piece.current!.problem, undefined)
})

t.test('only what is another than before is sent', async (t) => {
  const rig = await (await nextionRig(t)).ready()
  await rig.show(sceneAt('asking'))
  const before = rig.model.instructions.length
  rig.clock.advance(1000)
  await rig.show(sceneAt('asking'))
  t.strictSame(
    rig.model.instructions.slice(before).filter((one) => !one.startsWith('get')),
    ['time.val=90'],
  )
  await rig.show(sceneAt('idle'))
  const idle = rig.model.instructions.length
  await rig.show(sceneAt('pressed'))
  const sent = rig.model.instructions.slice(idle)
  t.ok(sent.includes('tsw face1,1') === false)
  t.ok(
    sent.every((one) => /^(cirs|fill) /.test(one)),
    'the page stays, and the faces change',
  )
})

t.test('touches are keys', async (t) => {
  const rig = await (await nextionRig(t)).ready()
  const { model, edges } = rig
  const press = async (what: string) => {
    model.touch(what)
    model.release()
    await turns()
  }
  await press('title')
  t.strictSame(edges, [], 'before a picture is shown there is no key')
  await rig.show(sceneAt('idle'))
  await press('title')
  t.strictSame(edges, [], 'a text is no key')
  for (const name of ['face1', 'face2', 'face3', 'label1', 'label2', 'label3', 'language']) await press(name)
  await rig.show(sceneAt('asking'))
  for (const name of ['reason1', 'reason2', 'reason3', 'reason4', 'skip', 'language']) await press(name)
  const faces = ['satisfied', 'neutral', 'dissatisfied']
  const all = [
    ...faces,
    ...faces,
    'language',
    'reason-1',
    'reason-2',
    'reason-3',
    'reason-4',
    'skip',
    'language',
  ]
  t.strictSame(
    edges,
    all.flatMap((key) => [`${key} down`, `${key} up`]),
  )
})

t.test('a page that changes under the finger lets go of its key when the finger does', async (t) => {
  const rig = await (await nextionRig(t)).ready()
  await rig.show(sceneAt('idle'))
  rig.model.press('dissatisfied')
  await turns()
  await rig.show(sceneAt('asking'))
  t.strictSame(rig.edges, ['dissatisfied down'])
  rig.model.release()
  await turns()
  t.strictSame(rig.edges, ['dissatisfied down', 'dissatisfied up'])
})

t.test('what is not offered is no key', async (t) => {
  const rig = await (await nextionRig(t)).ready()
  await rig.show(sceneAt('idle', 'it', ['it']))
  rig.model.touch('language')
  rig.model.release()
  // A display that felt it all the same.
  rig.model.send(Buffer.from('65010801ffffff', 'hex'))
  await turns()
  t.strictSame(rig.edges, [])
  t.strictSame(rig.model.keys, ['satisfied', 'neutral', 'dissatisfied'])
})

t.test('noise on the wire: no crash, no key', async (t) => {
  const rig = await (await nextionRig(t)).ready()
  await rig.show(sceneAt('idle'))
  let seed = 11
  const byte = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed >>> 24
  }
  for (let i = 0; i < 200; i++) {
    const noise = Buffer.from(Array.from({ length: 40 }, byte))
    rig.model.send(noise)
    await turns(1)
  }
  t.strictSame(rig.edges, [])
  rig.model.send(Buffer.from('ffffff', 'hex'))
  rig.clock.advance(300)
  rig.model.press('neutral')
  rig.model.release()
  await rig.within(200, () => rig.edges.length === 2)
  await rig.show(sceneAt('thanking'))
  t.match(rig.model.texts, { title: 'Grazie!' })
  t.equal(rig.line.opened, 1)
})

t.test('a display whose power went is set up again, and nobody holds a key', async (t) => {
  const rig = await (await nextionRig(t)).ready()
  await rig.show(sceneAt('idle'))
  rig.model.press('satisfied')
  await turns()
  rig.model.powerCycle()
  await rig.within(2000, () => rig.model.page === 'faces' && rig.model.texts.language !== undefined)
  t.strictSame(rig.edges, ['satisfied down', 'satisfied up'])
  t.match(rig.model.texts, { label3: 'Scarso' })
  t.equal(rig.model.system('bkcmd'), 3)
  t.equal(rig.line.opened, 1)
  t.equal(rig.keys.condition().is, 'good')
  t.match(rig.log.of('display restarted'), [{ hint: /supply/ }])
})

t.test('a display whose power goes while it is set up is set up once more', async (t) => {
  const rig = await nextionRig(t)
  const { model } = rig
  const receive = model.receive.bind(model)
  let cut = false
  model.receive = (bytes) => {
    receive(bytes)
    if (cut || !model.instructions.includes('thsp=0')) return
    cut = true
    model.powerCycle()
  }
  await rig.within(5000, () => rig.keys.condition().is === 'good')
  t.ok(cut)
  await rig.show(sceneAt('idle'))
  t.equal(model.page, 'faces')
  t.equal(model.system('bkcmd'), 3)
  t.equal(rig.line.opened, 1)
})

t.test('a restart that nobody heard of is noticed', async (t) => {
  const rig = await (await nextionRig(t)).ready()
  await rig.show(sceneAt('idle'))
  rig.model.restartUnheard()
  t.equal(rig.model.page, 'message')
  await rig.within(5000, () => rig.model.page === 'faces' && rig.model.texts.language !== undefined)
  t.equal(rig.line.opened, 1)
})

t.test('a display that stops answering: noticed within 5 s, opened again for ever', async (t) => {
  const rig = await (await nextionRig(t)).ready()
  await rig.show(sceneAt('idle'))
  rig.model.press('neutral')
  await turns()
  rig.model.hung = true
  const begun = rig.clock.now().mono
  await rig.within(5000, () => rig.keys.condition().is === 'broken')
  t.ok(rig.clock.now().mono - begun <= 5000, `${rig.clock.now().mono - begun} ms`)
  t.match(rig.problem(), `${rig.line.path}: the display has stopped answering`)
  t.strictSame(rig.edges, ['neutral down', 'neutral up'])
  await rig.within(60_000, () => rig.line.opened >= 4)
  t.match(rig.problem(), /no Nextion answers at 115200 or 9600 baud: .*5 V.*TX/)
  rig.model.hung = false
  await rig.within(40_000, () => rig.keys.condition().is === 'good')
  await rig.show(sceneAt('idle'))
  rig.model.press('neutral')
  await turns()
  t.equal(rig.edges.at(-1), 'neutral down')
})

t.test('also while instructions are on their way', async (t) => {
  const rig = await (await nextionRig(t)).ready()
  rig.model.hung = true
  void rig.show(sceneAt('idle'))
  await rig.within(5000, () => rig.keys.condition().is === 'broken')
})

t.test('a message that is lost on the way: all is told again, and the port stays open', async (t) => {
  const rig = await (await nextionRig(t)).ready()
  const { send } = rig.model
  let lost = 0
  rig.model.send = (bytes) => {
    if (bytes[0] === 0x01 && lost < 1) lost++
    else send(bytes)
  }
  void rig.show(sceneAt('asking'))
  await rig.within(
    4000,
    () => lost === 1 && rig.model.instructions.filter((one) => one === 'page reasons').length === 2,
  )
  await rig.within(2000, () => rig.model.texts.language !== undefined)
  t.equal(rig.line.opened, 1)
  t.equal(rig.keys.condition().is, 'good')
})

t.test('never more under way than the display has room for', async (t) => {
  const rig = await nextionRig(t, { slow: true })
  let over = false
  t.teardown(() => {
    over = true
  })
  const work = () => {
    rig.model.work()
    if (!over) setImmediate(work)
  }
  work()
  await rig.within(60_000, () => rig.keys.condition().is === 'good')
  await passing(rig.clock, rig.show(sceneAt('idle')))
  t.equal(rig.model.overflows, 0)
  rig.model.send(Buffer.from('24ffffff', 'hex'))
  const count = () => rig.model.instructions.filter((one) => one === 'page faces').length
  await rig.within(3000, () => count() === 2, 'after an overflow all is told again')
})

t.test('a display that falls asleep is woken', async (t) => {
  const rig = await (await nextionRig(t)).ready()
  rig.model.fallAsleep()
  await turns()
  t.equal(rig.model.system('sleep'), 0)
})

t.test('firmware that says done before data', async (t) => {
  const rig = await (await nextionRig(t, { doneBeforeData: true })).ready()
  await rig.show(sceneAt('idle'))
  await rig.within(10_000, () => rig.model.instructions.filter((one) => one === 'get sys0').length >= 3)
  t.equal(rig.line.opened, 1)
})

t.test('a display at another speed is told to change', async (t) => {
  const rig = await (await nextionRig(t, { baudRate: 9600 })).ready()
  t.equal(rig.model.system('baud'), 115200)
  t.equal(rig.line.port.settings.baudRate, 115200)
  t.match(rig.log.of('display at another speed'), [{ speed: 9600, wanted: 115200 }])
  await rig.show(sceneAt('idle'))
  t.equal(rig.model.page, 'faces')
})

t.test('pages that are not ours', async (t) => {
  const rigs = {
    "is not Faccina's (it has no such layout)": await nextionRig(t, {
      change: (pages) => pages.splice(0, 3, { id: 0, objname: 'page0', components: [] }),
    }),
    'is not Faccina\'s (its layout is "faccina 0", not "faccina 1")': await nextionRig(t, {
      change: (pages) => Object.assign(pages[0]!.components[0]!, { txt: 'faccina 0' }),
    }),
    'Program.s in the display lacks the line "int sys0=0,sys1=0,sys2=0": build and load it': await nextionRig(
      t,
      {
        program: ['page 0'],
      },
    ),
    'for which there is no page: use one of NX3224 (320x240)': await nextionRig(t, {
      name: 'NX1060P101_011R',
    }),
  }
  for (const [words, rig] of Object.entries(rigs)) {
    await rig.within(5000, () => !/being opened/.test(rig.problem()))
    t.ok(rig.problem().includes(words), rig.problem() || words)
  }
})

t.test('a component that is missing is named, and the keys work on', async (t) => {
  const rig = await nextionRig(t, {
    change: (pages) => (pages[1]!.components.find(({ objname }) => objname === 'label2')!.objname = 'labelB'),
  })
  const display = await openNextionDisplay(rig.profile, rig.context)
  let told = 0
  const listening = display.onCondition(() => told++)
  await rig.ready()
  t.strictSame(display.condition(), { is: 'good' })
  told = 0
  display.show(sceneAt('idle'))
  await rig.quiet()
  t.match(display.condition(), { is: 'broken', problem: /label2/ })
  t.match(
    rig.piece.current!.problem,
    /refuses "(tsw label2,1|label2\.\w+)": no (such component|component).*\(0x(02|1A)\).*hardware\/nextion\/README\.md/,
  )
  t.equal(told, 1)
  listening[Symbol.dispose]()
  rig.model.press('neutral')
  await turns()
  t.strictSame(rig.edges, ['neutral down'])
  t.equal(rig.keys.condition().is, 'good')
})

t.test('at the end the page is empty and the port closed', async (t) => {
  const rig = await (await nextionRig(t)).ready()
  await rig.show(sceneAt('idle'))
  rig.model.press('neutral')
  await turns()
  await passing(rig.clock, rig.piece[Symbol.asyncDispose]())
  t.equal(rig.model.page, 'message')
  t.strictSame(rig.model.texts, {})
  t.notOk(rig.line.port.isOpen)
  t.strictSame(rig.edges, ['neutral down', 'neutral up'])
  t.equal(rig.clock.waiting, 0, 'no alarm is left')
})

t.test('also where it ends amid a change of page', async (t) => {
  const options = { slow: false }
  const rig = await (await nextionRig(t, options)).ready()
  const { model } = rig
  options.slow = true
  const display = await openNextionDisplay(rig.profile, rig.context)
  display.show(sceneAt('idle'))
  await turns()
  const ending = rig.piece[Symbol.asyncDispose]()
  // What was under way is answered one by one.
  while (rig.line.port.isOpen) {
    model.work()
    await turns()
    rig.clock.advance(1)
  }
  await passing(rig.clock, ending)
  t.strictSame([model.page, model.texts], ['message', {}])
})

t.test('a port that closes by itself', async (t) => {
  const rig = await (await nextionRig(t)).ready()
  rig.line.port.close()
  let told = 0
  using _ = rig.keys.onCondition(() => told++)
  await rig.within(100, () => rig.keys.condition().is === 'broken')
  t.match(rig.problem(), `${rig.line.path} is gone`)
  t.equal(told, 1)
  await rig.within(5000, () => rig.keys.condition().is === 'good')
  t.equal(rig.line.opened, 2)
  await passing(rig.clock, Promise.resolve(rig.keys[Symbol.asyncDispose]()))
  t.notOk(rig.line.port.isOpen, 'the keys let go of it at the end')
})
