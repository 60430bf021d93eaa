import t from 'tap'
import { storageError } from '../../src/storage/errors.ts'

t.test('what was tried, why it failed, and what to do; always with its cause', async (t) => {
  const cases: [cause: unknown, message: RegExp][] = [
    [
      Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }),
      /^cannot write: the disk is full/,
    ],
    [
      Object.assign(new Error('EWEIRD: nobody knows'), { code: 'EWEIRD' }),
      /^cannot write: EWEIRD: nobody knows$/,
    ],
    ...['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EIO', 'ENOTDIR'].map((code): [Error, RegExp] => [
      Object.assign(new Error(`${code}: as the system says it`), { code }),
      new RegExp(`^cannot write: [^;]+ \\(${code}\\)[;,] .+`),
    ]),
    [new Error('my mistake'), /^cannot write: my mistake$/],
    ['a text', /^cannot write: a text$/],
  ]
  for (const [cause, message] of cases)
    t.match(storageError('cannot write', cause), { name: 'StorageError', message, cause })
})
