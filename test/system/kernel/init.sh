#!/bin/bash
# The first process in the guest: makes the place fit to work in, runs the job, and switches off.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t debugfs debugfs /sys/kernel/debug
mount -t tmpfs run /run
mkdir -p /dev/pts /run/rig /run/tmp /run/lock
mount -t devpts devpts /dev/pts
[ -e /dev/fd ] || ln -s /proc/self/fd /dev/fd
mount -t hostfs -o "$RIG" rig /run/rig

ip link set lo up
ip address add 10.0.2.100/24 dev vec0
ip link set vec0 up
ip route add default via 10.0.2.2

stty -F /dev/tty1 raw -echo
stty -F /dev/tty2 raw -echo
(
  . /run/rig/job
) </dev/null >/dev/tty1 2>/dev/tty2
status=$?
# Waits until all has been taken.
stty -F /dev/tty1 raw -echo
stty -F /dev/tty2 raw -echo
echo "$status" >/run/rig/status
sync
# reboot(2), LINUX_REBOOT_CMD_POWER_OFF
perl -e 'syscall(169, 0xfee1dead, 672274793, 0x4321fedc, 0)'
