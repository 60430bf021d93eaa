import { access, readFile, writeFile } from 'node:fs/promises'
import t from 'tap'
import { roomsOf } from './floors.ts'
import { housePicture, way } from './house-picture.ts'
import { sourceFiles } from './source-files.ts'

const picture = new URL('../hardware/pictures/house.svg', import.meta.url)

t.test('the committed picture of the house is up to date (FACCINA_WRITE=1 writes it)', async (t) => {
  const drawn = housePicture(roomsOf(await sourceFiles()))
  if (process.env.FACCINA_WRITE) await writeFile(picture, drawn)
  t.equal(await readFile(picture, 'utf8'), drawn)
})

t.test('a press goes through files that are there', async (t) => {
  for (const { file } of way) await t.resolves(access(new URL(`../${file}`, import.meta.url)), file)
})
