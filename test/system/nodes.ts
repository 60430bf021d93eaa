import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The versions of Node that the modules of the Debian package are compiled for. */
const named = new URL('../../systemd/node-headers/package.json', import.meta.url)

/** A Node, and how it is run here. */
export interface Node {
  version: string
  command: string[]
}

/**
 * Each of these Nodes for a processor, fetched once and kept in $FACCINA_CACHE or ~/.cache/faccina. Those of another
 * processor run by qemu (Debian: qemu-user-static) on the libraries that its cross compiler brings along.
 */
export async function nodesFor(cpu: 'x64' | 'arm64'): Promise<Node[]> {
  const { dependencies } = JSON.parse(await readFile(named, 'utf8')) as {
    dependencies: Record<string, string>
  }
  const cache = process.env.FACCINA_CACHE ?? join(homedir(), '.cache/faccina')
  await mkdir(cache, { recursive: true })
  const nodes: Node[] = []
  for (const at of Object.values(dependencies)) {
    const version = at.slice(at.lastIndexOf('@') + 1)
    const binary = join(cache, `node-${version}-${cpu}`)
    if (!existsSync(binary)) await fetch(`node-linux-${cpu}`, version, cpu, binary)
    nodes.push({ version, command: [...emulator(cpu), binary] })
  }
  return nodes
}

async function fetch(name: string, version: string, cpu: string, binary: string): Promise<void> {
  const place = `${binary}.${process.pid}`
  try {
    const quietly = ['--silent', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--force']
    const wanted = ['--os=linux', `--cpu=${cpu}`, `${name}@${version}`]
    execFileSync('npm', ['install', ...quietly, '--prefix', place, ...wanted], { stdio: 'pipe' })
    await rename(join(place, 'node_modules', name, 'bin/node'), binary)
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

function emulator(cpu: string): string[] {
  if (cpu === process.arch) return []
  const machine = cpu === 'arm64' ? 'aarch64' : 'x86_64'
  return [`qemu-${machine}-static`, '-L', `/usr/${machine}-linux-gnu`]
}
