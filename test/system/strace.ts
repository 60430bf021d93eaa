import { readFile } from 'node:fs/promises'

/** All that writes, or makes writes durable, or changes names; to disks, sockets and pipes. */
const calls = [
  'write,pwrite64,writev,pwritev,pwritev2,ftruncate,fdatasync,fsync',
  'rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,sendto,sendmsg',
].join()

/** With `main` only the calls of the main thread count, which speaks to sockets; it never writes to the disk. */
export type Threads = 'all' | 'main'

/** The nth time that one thread makes this call. */
export interface Instant {
  threads: Threads
  call: string
  nth: number
}

/** Words in front of a program that is to be killed on entering a system call, by Debian's strace. */
export function killedAt({ threads, call, nth }: Instant, file: string): string[] {
  return [...strace(threads, call, file), '-e', `inject=${call}:signal=KILL:when=${nth}`]
}

/** Words in front of a program whose system calls are to be noted. */
export function noted(threads: Threads, file: string): string[] {
  return strace(threads, calls, file)
}

/**
 * With `-D` the program, and not strace, is our child. Stopping at the traced calls alone (`--seccomp-bpf`)
 * would be faster, but then strace 6.1 injects no signals.
 */
function strace(threads: Threads, traced: string, file: string): string[] {
  const all = threads === 'all' ? ['-f'] : []
  return ['strace', '-D', '-q', ...all, '-o', file, '-e', `trace=${traced}`]
}

/** How often a life made each call, as strace noted it. Counts are kept by thread, so the busiest one's matter. */
export async function callsOf(file: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  const most = new Map<string, number>()
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    const [, thread = '', call] = /^(\d+ +)?([a-z]\w*)\(/.exec(line) ?? []
    if (!call) continue
    const count = (counts.get(thread + call) ?? 0) + 1
    counts.set(thread + call, count)
    most.set(call, Math.max(count, most.get(call) ?? 0))
  }
  return most
}

/** Every instant at which a life like this can be killed. */
export function instantsOf(threads: Threads, calls: Map<string, number>): Instant[] {
  return [...calls].flatMap(([call, times]) =>
    Array.from({ length: times }, (_, n) => ({ threads, call, nth: n + 1 })),
  )
}
