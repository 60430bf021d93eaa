import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Child } from './children.ts'
import { PowerDisk } from './power-disk.ts'

/* The disks of the power-cut rig forget what they should, and nothing else. Run as root. */

t.setTimeout(120_000)

/** Writes a block in place, with options of dd that say how far it goes. */
function write(file: string, letter: string, options: string[]): void {
  const input = Buffer.alloc(4096, letter)
  execFileSync('dd', [`of=${file}`, 'bs=4096', 'conv=notrunc', 'status=none', ...options], { input })
}

async function cut(disk: PowerDisk): Promise<void> {
  // Somebody whom the power cut stops.
  await using process = new Child('sleep', ['60'])
  await disk.powerSwitch(process.process.pid!).throw()
  await process.kill('SIGKILL')
  await disk.afterCut()
}

for (const cached of [false, true]) {
  t.test(cached ? 'a disk with a cache' : 'a disk without a cache', async (t) => {
    using disk = PowerDisk.open({ cached })
    const names = ['flushed', 'written', 'buffered']
    const read = () =>
      Object.fromEntries(names.map((name) => [name, readFileSync(join(disk.mountPoint, name), 'latin1')[0]]))
    for (const name of names) write(join(disk.mountPoint, name), '0', ['oflag=sync'])
    execFileSync('sync', ['--file-system', disk.mountPoint])
    for (const round of ['1', '2']) {
      const before = read()
      write(join(disk.mountPoint, 'written'), round, ['oflag=direct'])
      write(join(disk.mountPoint, 'buffered'), round, [])
      t.same(read(), { ...before, written: round, buffered: round }, 'as long as there is power')
      await cut(disk)
      t.same(read(), { ...before, written: cached ? before.written : round }, 'what was not flushed')
      write(join(disk.mountPoint, 'flushed'), round, ['oflag=dsync'])
      await cut(disk)
      t.equal(read().flushed, round, 'what was flushed')
    }
    execFileSync('touch', [join(disk.mountPoint, 'nobody-synced')])
    await cut(disk)
    t.notOk(existsSync(join(disk.mountPoint, 'nobody-synced')), 'a name that nobody synced')
    const { directory } = disk
    disk[Symbol.dispose]()
    t.notOk(existsSync(directory), 'nothing is left')
    const mounts = readFileSync('/proc/mounts', 'utf8')
    t.notOk(mounts.includes(directory))
    const loops = readdirSync('/sys/block').map((name) => join('/sys/block', name, 'loop/backing_file'))
    const backing = loops.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8'))
    t.notOk(backing.some((file) => file.includes(directory)))
  })
}
