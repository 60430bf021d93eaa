"""A pty as the line of a serial device: what comes on stdin is what the device says, stdout is what it hears.

    python3 pty.py LINK [BY-ID-LINK]

The links are made as the kernel and udev make them, one after the other. At the end of stdin, or when it is
ended, the device is unplugged: the links go, and whoever has the line open is hung up on.
"""
import os
import select
import signal
import sys
import time
import tty

links = sys.argv[1:]
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
master, slave = os.openpty()
tty.setraw(slave)
try:
    for link in links:
        os.symlink(os.ttyname(slave), link)
        time.sleep(0.02)
    print('plugged in', file=sys.stderr, flush=True)
    while True:
        ready, _, _ = select.select([0, master], [], [])
        if 0 in ready:
            said = os.read(0, 65536)
            if not said:
                break
            os.write(master, said)
        if master in ready:
            sys.stdout.buffer.write(os.read(master, 65536))
            sys.stdout.buffer.flush()
finally:
    for link in links:
        if os.path.islink(link):
            os.unlink(link)
