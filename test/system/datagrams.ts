import { join } from 'node:path'
import { Child } from './children.ts'

/** Node has no such sockets. What comes with a message, such as the end of a pipe, is closed by the kernel. */
const python = `
import socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
print('listening', flush=True)
while True:
    for line in listener.recv(4096).decode().splitlines():
        print(line, flush=True)
`

/** Listens as systemd does, and says line by line what it is told. */
export async function listenAsSystemd(directory: string): Promise<Child & { socket: string }> {
  const socket = join(directory, 'notify')
  const child = new Child('python3', ['-c', python, socket])
  await child.said(/listening/)
  return Object.assign(child, { socket })
}
