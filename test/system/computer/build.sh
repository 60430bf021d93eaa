#!/usr/bin/env bash
# Builds the disk of a computer with nothing but Debian on it, once, and prints the file that it is: Debian 13 with
# systemd, its own Node and a broker that is not started, and agent.sh, through which a test acts in it. As root.
# Where it is kept: $FACCINA_CACHE, else ~/.cache/faccina. Takes two minutes and needs Debian's mirror.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=$PATH:/usr/sbin:/sbin

fail() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }

[ "$(id -u)" -eq 0 ] || fail 'root alone can make a root'
for tool in mmdebstrap:mmdebstrap mke2fs:e2fsprogs linux.uml:user-mode-linux; do
  command -v "${tool%:*}" >/dev/null || fail "no ${tool%:*}; it comes with: apt-get install ${tool#*:}"
done
cache=${FACCINA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/faccina}
disk=$cache/computer-$(cat "$here/build.sh" "$here/agent.sh" "$here/citizen.mjs" | sha256sum | cut -c 1-16).ext4
mkdir -p "$cache"
# One at a time; who waited finds it ready.
exec 9>"$cache/computer.lock"
flock 9
[ ! -e "$disk" ] || { echo "$disk"; exit; }

work=$(mktemp -d "$cache/computer.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
base=$cache/computer-trixie.tar
# The part that comes from afar is kept for the next recipe.
if [ ! -e "$base" ]; then
  mmdebstrap --quiet --variant=minbase --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --include=systemd-sysv,dbus,udev,kmod,nodejs,ca-certificates,mosquitto,curl,dmsetup,procps \
    trixie "$work/base.tar" http://deb.debian.org/debian >&2
  mv "$work/base.tar" "$base"
fi
mkdir "$root"
tar -xf "$base" -C "$root"
rm -rf "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*

install -D -m 0755 "$here/agent.sh" "$root/usr/local/lib/rig/agent.sh"
install -m 0644 "$here/citizen.mjs" "$root/usr/local/lib/rig/citizen.mjs"
echo '/dev/ubda / ext4 rw 0 0' >"$root/etc/fstab"
echo counter >"$root/etc/hostname"
: >"$root/etc/machine-id"
mkdir -p "$root/var/lib/faccina" "$root/etc/systemd/system.conf.d" "$root/etc/systemd/journald.conf.d"
# Its kernel is the host's user-mode-linux; of its modules this one is needed.
install -m 0644 "$(find /usr/lib/uml/modules -name dm-mod.ko | sort -V | tail -n 1)" "$root/usr/local/lib/rig/"
# The second disk is the terminal's state, behind the device mapper, so that it can be pulled.
cat >"$root/etc/systemd/system/rig-data.service" <<'END'
[Unit]
DefaultDependencies=no
Before=sysinit.target
After=systemd-remount-fs.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/sbin/insmod /usr/local/lib/rig/dm-mod.ko
# Nobody is there yet to make names below /dev/mapper.
Environment=DM_DISABLE_UDEV=1
ExecStart=/bin/sh -c 'dmsetup create data --table "0 $(cat /sys/block/ubdb/size) linear /dev/ubdb 0"'
ExecStart=/bin/mount -t ext4 /dev/dm-0 /var/lib/faccina
[Install]
WantedBy=sysinit.target
END
cat >"$root/etc/systemd/system/rig-agent.service" <<'END'
[Unit]
After=multi-user.target
[Service]
ExecStart=/usr/local/lib/rig/agent.sh
OOMScoreAdjust=-1000
[Install]
WantedBy=multi-user.target
END
printf '[Journal]\nStorage=persistent\nSyncIntervalSec=1s\n' >"$root/etc/systemd/journald.conf.d/rig.conf"
for unit in rig-data rig-agent; do chroot "$root" systemctl enable --quiet $unit.service 2>/dev/null; done
# What a counter has no need of, and an emulated computer no time for: each start of the terminal asks for six modules
# that are not there, a second each.
for unit in getty.target mosquitto.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
  systemd-networkd-wait-online.service systemd-hwdb-update.service systemd-udev-trigger.service systemd-logind.service systemd-binfmt.service \
  modprobe@.service modprobe@configfs.service modprobe@drm.service modprobe@efi_pstore.service modprobe@fuse.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
mke2fs -q -t ext4 -m 0 -d "$root" "$work/disk" 1200M >/dev/null
mv "$work/disk" "$disk"
echo "$disk"
